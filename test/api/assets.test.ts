import { expect } from 'chai'
import express from 'express'
import fs from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { compressedAssets } from '../../api/assets.ts'
import { projectRoot } from '../../host/project-root.ts'
import { buildPages } from '../browser/browser.ts'

interface Answer {
  status: number
  headers: Record<string, unknown>
  body: Buffer
}

describe('Files of the browser app', () => {
  const text = 'export const words = "слова"'
  let folder: string
  let server: Server

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-assets-'))
    await fs.writeFile(path.join(folder, 'page-1.js'), text)
    await fs.writeFile(path.join(folder, 'page-1.js.br'), brotliCompressSync(text))
    await fs.writeFile(path.join(folder, 'page-1.js.gz'), gzipSync(text))
    await fs.writeFile(path.join(folder, 'plain-1.js'), text)
    const app = express()
    app.use(compressedAssets(folder), (_req, res) => void res.status(299).end())
    server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(async () => {
    await new Promise((resolve) => server.close(resolve))
    await fs.rm(folder, { recursive: true })
  })

  /** Asks without any encoding of its own, unlike `fetch`. */
  const get = (name: string, encoding: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const headers = { 'accept-encoding': encoding }
      request({ host: '127.0.0.1', port, path: `/${name}`, headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts)
          })
        })
      })
        .on('error', reject)
        .end()
    })

  it('come as the build has compressed them, in what the browser takes', async () => {
    const br = await get('page-1.js', 'gzip, deflate, br')
    expect(br.status).to.equal(200)
    expect(br.headers).to.include({
      'content-encoding': 'br',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding'
    })
    expect(brotliDecompressSync(br.body).toString()).to.equal(text)
    const gz = await get('page-1.js', 'gzip')
    expect(gz.headers['content-encoding']).to.equal('gzip')
    expect(gunzipSync(gz.body).toString()).to.equal(text)
  })

  it('are left to others when nothing compressed is there, is wanted, or is meant', async () => {
    for (const [name, encoding] of [
      ['page-1.js', 'identity'],
      ['plain-1.js', 'br'],
      ['gone-1.js', 'br'],
      ['page-1.js.br', 'br'],
      ['..%2fpage-1.js', 'br'],
      ['.page-1.js', 'br']
    ] as const)
      expect((await get(name, encoding)).status, name).to.equal(299)
  })

  it('are all compressed by the build, and are what they were', async function () {
    this.timeout(300_000)
    await buildPages()
    const assets = path.join(projectRoot(), 'dist/ui/assets')
    const texts = (await fs.readdir(assets)).filter((name) => /\.(js|css|svg|json)$/.test(name))
    expect(texts.length).to.be.greaterThan(50)
    for (const name of texts) {
      const plain = await fs.readFile(path.join(assets, name))
      const br = await fs.readFile(path.join(assets, `${name}.br`))
      const gz = await fs.readFile(path.join(assets, `${name}.gz`))
      expect(brotliDecompressSync(br).equals(plain), name).to.equal(true)
      expect(gunzipSync(gz).equals(plain), name).to.equal(true)
    }
  })
})
