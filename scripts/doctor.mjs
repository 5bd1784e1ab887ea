// npm run doctor [-- --json]: what is wrong with this machine or installation, and what to do. Changes nothing.
import { spawn } from 'node:child_process'
import process from 'node:process'
import { isInstalled } from './lib/install.mjs'
import { Problem, tell } from './lib/problem.mjs'
import { root } from './lib/project.mjs'

if (!isInstalled())
  process.exitCode = tell(
    new Problem(
      'The packages of this version are not installed yet',
      'Run "npm start" once: it installs them and says what it lacks. Then ask again.'
    )
  )
else {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/lib/doctor.ts', ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: 'inherit'
    }
  )
  child.once('close', (code) => (process.exitCode = code ?? 1))
}
