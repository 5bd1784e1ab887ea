// npm run check: what must hold before a commit; tells all that is wrong, not only the first.
import process from 'node:process'
import { check } from './lib/check.mjs'

process.exitCode = await check()
