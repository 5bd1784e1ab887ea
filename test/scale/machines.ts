import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ip = async (...args: string[]): Promise<void> => void (await run('ip', args))

/** Another machine on this one: a network of its own, with one cable to here. */
export interface Machine {
  readonly address: string
  /** The command line that runs a program there. */
  there(file: string, args: readonly string[]): { file: string; args: string[] }
  /** Its cable is out: packets both ways vanish without a word. */
  unplug(): Promise<void>
  plug(): Promise<void>
}

/** Several machines, and addresses of this one that they reach. */
export interface Machines {
  readonly all: readonly Machine[]
  /** One of ours, 1 to 254. */
  here(host: number): string
  close(): Promise<void>
}

/** Networks of their own need root, on Linux. */
export async function canHaveMachines(): Promise<boolean> {
  return run('unshare', ['-n', 'ip', 'link', 'show']).then(
    () => true,
    () => false
  )
}

/**
 * Makes machines. They end with this process however it ends, and the cables with them.
 * @param net 18 or 19: whose addresses, `198.<net>.…`, are taken; nobody else's by RFC 2544
 * @param hosts of this machine, for whoever speaks from here
 */
export async function openMachines(net: 18 | 19, count: number, hosts: readonly number[]): Promise<Machines> {
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end()
  }

  /** @returns pid of who holds the network at the other end of a cable */
  async function cable(name: string): Promise<number> {
    // `cat` ends when our end of its pipe does.
    const holder = spawn('unshare', ['-n', 'sh', '-c', 'echo ready; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit']
    })
    await once(holder.stdout, 'data')
    closing.push(async () => {
      const exited = once(holder, 'exit')
      holder.stdin.end()
      await exited
      // What was started there and still ends holds the network for a moment more.
      await ip('link', 'del', name).catch(() => undefined)
    })
    const pid = holder.pid ?? 0
    // Of a run that was killed.
    await ip('link', 'del', name).catch(() => undefined)
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'cable', 'netns', String(pid))
    await ip('link', 'set', 'dev', name, 'up')
    return pid
  }

  async function machine(index: number): Promise<Machine> {
    const name = `rt${net}x${index}`
    const [ours, address] = [`198.${net}.${index}.1`, `198.${net}.${index}.2`]
    const pid = String(await cable(name))
    const there: Machine['there'] = (file, args) => ({
      file: 'nsenter',
      args: [`--net=/proc/${pid}/ns/net`, '--', file, ...args]
    })
    const ipThere = async (...args: string[]): Promise<void> => {
      const command = there('ip', args)
      await run(command.file, command.args)
    }
    const plug = async (): Promise<void> => {
      await ipThere('link', 'set', 'dev', 'cable', 'up')
      // Forgotten with the link.
      await ipThere('route', 'replace', 'default', 'via', ours)
    }
    await ip('addr', 'add', `${ours}/24`, 'dev', name)
    await ipThere('link', 'set', 'lo', 'up')
    await ipThere('addr', 'add', `${address}/24`, 'dev', 'cable')
    await plug()
    return { address, there, plug, unplug: () => ipThere('link', 'set', 'dev', 'cable', 'down') }
  }

  try {
    const here = (host: number): string => `198.${net}.0.${host}`
    await cable(`rt${net}x0`)
    for (const host of hosts) await ip('addr', 'add', `${here(host)}/24`, 'dev', `rt${net}x0`)
    const all: Machine[] = []
    for (let index = 1; index <= count; index += 1) all.push(await machine(index))
    return { all, here, close }
  } catch (error) {
    await close()
    throw error
  }
}
