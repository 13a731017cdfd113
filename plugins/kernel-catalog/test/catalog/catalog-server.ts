import { createHash } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pack, type Header } from 'tar-stream'

export interface CatalogServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** What each path answers: bytes, text, or a handler. */
  routes: Map<string, Buffer | string | RequestListener>
}

/** A web server on loopback. */
export async function startServer(): Promise<CatalogServer> {
  const routes: CatalogServer['routes'] = new Map()
  const server = createServer((request, response) => {
    const route = routes.get(request.url ?? '')
    if (typeof route === 'function') route(request, response)
    else if (route === undefined) response.writeHead(404).end('not here')
    else response.end(route)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    routes,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A tar of these entries: text, or the header of something that is no file. */
export async function tarOf(entries: Record<string, string | Partial<Header>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, entry] of Object.entries(entries)) {
    if (typeof entry === 'string') archive.entry({ name }, entry)
    else archive.entry({ name, ...entry })
  }
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** An index of one kernel, `sample`, whose entry fits the tarball unless `changes` say otherwise. */
export function indexOf(tarball: Buffer, changes: Record<string, unknown> = {}): string {
  const entry = {
    name: 'sample',
    version: '6.12.8',
    arch: 'x64',
    summary: 'a sample',
    url: 'sample.tar',
    sha256: createHash('sha256').update(tarball).digest('hex'),
    size: tarball.length,
    ...changes,
  }
  return JSON.stringify({ format: 1, kernels: [entry] })
}
