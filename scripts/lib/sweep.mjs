import { readFileSync, readdirSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'

const graceMs = 8000

/**
 * Ends every process that belongs to a folder: started with it as TMPDIR, or naming it in its command line. Asterisk
 * and PostgreSQL run in sessions of their own, and would outlive tests that were killed.
 * @returns {Promise<string[]>} the command lines of those found
 */
export async function sweep(folder) {
  const found = processesOf(folder)
  for (const { pid, command } of found) signal(pid, /\bpostgres\b/.test(command) ? 'SIGINT' : 'SIGTERM')
  const deadline = Date.now() + graceMs
  while (processesOf(folder).length > 0 && Date.now() < deadline) await delay(100)
  for (const { pid } of processesOf(folder)) signal(pid, 'SIGKILL')
  return found.map(({ command }) => command)
}

function processesOf(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({
      pid: Number(pid),
      command: words(pid, 'cmdline').join(' '),
      env: words(pid, 'environ')
    }))
    .filter(
      ({ command, env }) =>
        command.includes(`${folder}/`) || env.some((one) => `${one}/`.startsWith(`TMPDIR=${folder}/`))
    )
    .map(({ pid, command }) => ({ pid, command: command.slice(0, 160) }))
}

/** Empty for processes that are gone, or are not ours to read. */
function words(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return []
    throw error
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
