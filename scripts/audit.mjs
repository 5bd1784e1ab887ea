// Asks the registry for known weaknesses of the packages; those that are high or critical fail.
import process from 'node:process'
import { auditPackages } from './lib/audit.mjs'

process.exitCode = await auditPackages()
