// npm start: from a fresh clone to a running telephone exchange. Plain Node, because nothing is installed yet.
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Ringtrace needs Node 20.19 or newer; this is ${process.versions.node}.\n` +
      'Install a newer one (for example from https://nodejs.org, or with nvm) and start again.'
  )
  process.exit(1)
}

// Read only now: an older Node would stumble over the syntax before it could say the above.
const { start } = await import('./lib/start.mjs')
process.exitCode = await start()
