// npm run build: the server into dist/, the browser's part into dist/ui/; nothing when both are fresh.
import process from 'node:process'
import { build } from './lib/build.mjs'
import { tell } from './lib/problem.mjs'

try {
  await build((text) => console.log(text))
} catch (error) {
  process.exitCode = tell(error)
}
