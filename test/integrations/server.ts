import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a stub answers; null: the answer is lost on its way. */
export type Said = { status: number; body: unknown; headers?: Record<string, string> } | null

export interface Came {
  method: string
  url: URL
  headers: IncomingMessage['headers']
  text: string
}

/** An HTTP server of this machine for a stub. */
export async function startServer(
  answer: (came: Came) => Said | Promise<Said>
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((req, res) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const url = new URL(req.url ?? '/', 'http://localhost')
      const text = Buffer.concat(chunks).toString('utf8')
      const said = await answer({ method: req.method ?? '', url, headers: req.headers, text })
      if (!said) {
        req.socket.destroy()
        return
      }
      const isText = typeof said.body === 'string'
      res
        .writeHead(said.status, {
          'content-type': isText ? 'text/plain' : 'application/json',
          ...said.headers
        })
        .end(isText ? (said.body as string) : said.body === undefined ? '' : JSON.stringify(said.body))
    })().catch((error: unknown) => res.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }
}
