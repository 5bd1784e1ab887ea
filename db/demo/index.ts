export { loadDemo } from './load.ts'
export type { DemoLoaded, LoadDemoOptions } from './load.ts'
export { wipeDemo } from './wipe.ts'
export type { Wiped } from './wipe.ts'
