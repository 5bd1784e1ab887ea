/** The texts of the first load: sign-in, the frame, the operator's panel with everything of a call, and errors. */
export { errors } from './errors.ts'
export { panel } from './panel.ts'
export { ring } from './ring.ts'
export { shift } from './shift.ts'
export { work } from './work.ts'
