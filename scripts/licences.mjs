// Checks the licences of all packages against what may stand beside ours; --write writes docs/licences.md anew.
import process from 'node:process'
import { licenceFaults, writeList } from './lib/licences.mjs'

if (process.argv.includes('--write')) writeList()
const faults = licenceFaults()
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
