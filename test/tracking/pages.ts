import { createServer } from 'node:http'
import { once } from 'node:events'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { build } from 'vite'
import { projectRoot } from '../../host/project-root.ts'
import { isBuilt } from '../support/built.ts'
import { App } from './pages/react-app.ts'

const folder = path.join(projectRoot(), 'test/tracking/pages')

/** Builds `dist/t.js` from the sources as they are. `npm test` has done so before the first test. */
export async function buildSnippet(): Promise<void> {
  if (isBuilt) return
  const vite = path.join(projectRoot(), 'node_modules/vite/bin/vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', 'scripts/snippet.vite.mjs'], {
    cwd: projectRoot()
  })
}

export interface Pages {
  readonly port: number
  close(): Promise<void>
}

/**
 * A web server with the sites of a client of ours, of every kind.
 * @param snippet what stands in their pages, the same for all or by the page's name
 */
export async function servePages(snippet: string | ((page: string) => string)): Promise<Pages> {
  const client = await bundle('react-client.mjs')
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost')
    answer(pathname).then(
      ([type, body]) => res.setHeader('Content-Type', `${type}; charset=utf-8`).end(body),
      () => res.writeHead(404).end()
    )
  })
  async function answer(pathname: string): Promise<[type: string, body: string]> {
    if (pathname === '/react-client.js') return ['text/javascript', client]
    if (pathname === '/favicon.ico') return ['image/x-icon', '']
    const name = pathname.split('/')[1] ?? ''
    const snippetUrl = typeof snippet === 'string' ? snippet : snippet(name)
    if (pathname === '/react') return ['text/html', reactPage(snippetUrl)]
    const text = await readFile(path.join(folder, `${name === '' ? 'plain' : name}.html`), 'utf8')
    return ['text/html', text.replaceAll('SNIPPET', snippetUrl)]
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** The snippet stands first and is small: it is there long before React is. */
const reactPage = (snippetUrl: string): string =>
  `<!doctype html><html><head><meta charset="utf-8"><title>React</title><script async src="${snippetUrl}"></script></head>` +
  `<body><div id="root">${renderToString(createElement(App))}</div>` +
  '<script>setTimeout(() => { const s = document.createElement("script"); s.src = "/react-client.js"; document.body.append(s) }, 0)</script></body></html>'

async function bundle(entry: string): Promise<string> {
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'app' } }
  })
  const [first] = Array.isArray(result) ? result : [result]
  const chunk = first && 'output' in first ? first.output[0] : undefined
  if (!chunk || !('code' in chunk)) throw new Error('nothing was built')
  return chunk.code
}
