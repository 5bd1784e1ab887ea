import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { projectRoot } from '../../host/project-root.ts'
import { until } from '../support/until.ts'

/** The edge as `npm run edge` runs it. */
export async function startEdgeCommand(env: Record<string, string>): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/edge.ts'], {
    cwd: projectRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`The edge did not start: ${output.slice(-3000)}`)
      return output.includes('is ready at')
    },
    { timeoutMs: 120_000, what: 'the edge is ready' }
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${output.slice(-3000)}`)
  })
  return {
    async stop() {
      if (child.exitCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        await exited
      }
      const { DATA_DIR: dir } = env
      if (dir !== undefined) await rm(dir, { recursive: true, force: true })
    }
  }
}

/** A data folder of its own, so that what is left running can be told by it; Kamailio was fetched once for all. */
export async function makeEdgeDir(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rt-edge-'))
  await mkdir(path.join(dir, 'edge'))
  await symlink(path.join(projectRoot(), '.runtime/edge/root'), path.join(dir, 'edge/root'))
  return dir
}

/** How the edge sees its nodes: their flags by address, `A…` active, `I…` silent, `D…` gets no calls. */
export async function nodesOfEdge(controlPort: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${controlPort}/rpc`, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', method: 'dispatcher.list', id: 1 })
  })
  const found = (await response.text()).matchAll(/"URI":\s*"sip:([^"]+)",\s*"FLAGS":\s*"([^"]+)"/g)
  return [...found].map(([, uri = '', flags = '']) => `${uri} ${flags}`).join(', ')
}
