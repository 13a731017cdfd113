import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { SampleImage } from './sample-image.ts'

/** Answers in the registry's place, and returns true when it has. */
export type Trick = (request: IncomingMessage, response: ServerResponse) => boolean

export interface FakeRegistry {
  /** `127.0.0.1:<port>` */
  host: string
  /** The same server by a name that is not of loopback, and therefore not trusted: `0.0.0.0:<port>`. */
  stranger: string
  /** `<method> <path> <range>` of every request. */
  asked: string[]
  trick: Trick
  close(): Promise<void>
}

/** A registry that serves one image by every repository and tag, with ranges, until it is tricked; for one test. */
export async function fakeRegistry(image: SampleImage, trick?: Trick): Promise<FakeRegistry> {
  const registry = await openRegistry(image, trick)
  onTestFinished(registry.close)
  return registry
}

/** The same until it is closed. */
export async function openRegistry(image: SampleImage, trick: Trick = () => false): Promise<FakeRegistry> {
  const server = createServer((request, response) => {
    registry.asked.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim())
    if (!registry.trick(request, response)) serve(image, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  const { port } = server.address() as AddressInfo
  const registry: FakeRegistry = { host: `127.0.0.1:${port}`, stranger: `0.0.0.0:${port}`, asked: [], trick, close }
  return registry
}

export function serve(image: SampleImage, request: IncomingMessage, response: ServerResponse): void {
  const [, kind, version = ''] = /^\/v2\/.*\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? []
  const content = image.blobs.get(kind === 'manifests' && !version.includes(':') ? image.digest : version)
  if (!content) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"UNKNOWN","message":"unknown"}]}')
    return
  }
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': content.length - start,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
  })
  response.end(content.subarray(start))
}
