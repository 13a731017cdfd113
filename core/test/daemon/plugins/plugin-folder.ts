import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Plugins in a folder of their own, listed as oclif lists what a user linked or installed. */
export class PluginFolder implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'banger-plugins-'))
  /** The program's own folder: its package.json lists bundled plugins. */
  readonly root = join(this.folder, 'root')
  readonly data = join(this.folder, '.local/share/banger')
  readonly #listed: { name: string; root?: string; type: string }[] = []
  readonly #bundled: string[] = []

  constructor() {
    this.write('.local/share/banger/package.json', { oclif: { schema: 1, plugins: [] } })
    this.#writeRoot()
  }

  /** @param extend source of its extend.js @param manifest fields of its package.json besides the usual ones */
  link(name: string, extend: string, manifest: object = {}): string {
    const root = join(this.folder, 'linked', name)
    this.package(root, name, extend, manifest)
    this.list({ name, root, type: 'link' })
    return root
  }

  install(name: string, extend: string, manifest: object = {}): void {
    this.package(join(this.data, 'node_modules', name), name, extend, manifest)
    this.list({ name, type: 'user' })
  }

  bundle(name: string, extend: string): void {
    this.package(join(this.root, 'node_modules', name), name, extend, {})
    this.#bundled.push(name)
    this.#writeRoot()
  }

  list(entry: { name: string; root?: string; type: string }): void {
    this.#listed.push(entry)
    this.write('.local/share/banger/package.json', { oclif: { schema: 1, plugins: this.#listed } })
  }

  package(root: string, name: string, extend: string, manifest: object): void {
    const hooks = { 'banger:extend': { target: './extend.js', identifier: 'extend' } }
    this.write(join(root, 'package.json'), { name, version: '1.0.0', type: 'module', oclif: { hooks }, ...manifest })
    this.write(join(root, 'extend.js'), extend)
  }

  /** @param file in the folder, or absolute */
  write(file: string, content: string | object): void {
    const path = file.startsWith('/') ? file : join(this.folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #writeRoot(): void {
    const dependencies = Object.fromEntries(this.#bundled.map((name) => [name, '1.0.0']))
    this.write('root/package.json', {
      name: 'banger',
      version: '0.1.0',
      type: 'module',
      dependencies,
      oclif: { plugins: this.#bundled },
    })
  }
}

/** A plugin of one image source that works. */
export function imageSource(scheme: string, name = `banger-plugin-${scheme}`): string {
  const source = `{ scheme: '${scheme}', summary: '', resolve: async () => undefined }`
  return plugin(`hooks.imageSources.tap('${name}', (registry) => registry.add('${name}', ${source}))`)
}

/** A plugin with that body of its `apply`. */
export function plugin(apply: string, more = ''): string {
  return `export const extend = () => ({ name: 'any', coreRange: '>=0.1.0', ${more} apply(hooks, host, settings) { ${apply} } })\n`
}
