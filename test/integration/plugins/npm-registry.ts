import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'

interface Published {
  version: string
  tarball: string
}

/**
 * As much of an npm registry as an installation asks for, on loopback
 * (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md).
 */
export class NpmRegistry implements AsyncDisposable {
  readonly #packages = new Map<string, Published[]>()
  readonly #server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').slice(1))
    if (this.hangs(path)) return
    const found = this.#packages.get(path)
    if (found) return void response.end(JSON.stringify(this.#metadata(path, found)))
    const file = [...this.#packages.values()].flat().find(({ tarball }) => path === `files/${basename(tarball)}`)
    if (file) return void response.end(readFileSync(file.tarball))
    response.writeHead(404).end('{"error":"not found"}')
  })
  /** Which requests get no answer. */
  hangs: (path: string) => boolean = () => false
  url = ''

  static async start(): Promise<NpmRegistry> {
    const registry = new NpmRegistry()
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve))
    registry.url = `http://127.0.0.1:${(registry.#server.address() as AddressInfo).port}/`
    return registry
  }

  /** Publishes a version as the latest; the same version again replaces what was there. */
  publish(name: string, version: string, tarball: string): void {
    const others = (this.#packages.get(name) ?? []).filter((published) => published.version !== version)
    this.#packages.set(name, [...others, { version, tarball }])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #metadata(name: string, published: Published[]) {
    const versions = published.map(({ version, tarball }) => {
      const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
      return [version, { name, version, dist: { tarball: `${this.url}files/${basename(tarball)}`, integrity } }]
    })
    return { name, 'dist-tags': { latest: published.at(-1)?.version }, 'versions': Object.fromEntries(versions) }
  }
}
