// npm test [-- <area> …]: everything, on a fresh machine too. The last line counts.
import process from 'node:process'
import { test } from './lib/test.mjs'

process.exitCode = await test(process.argv.slice(2))
