import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Banger } from './banger.ts'

/** Makes a plugin outside the repository's plugins and links it as `banger plugins link` does. */
export function linkPlugin(banger: Banger, name: string, source: string): void {
  const rootFolder = join(banger.home, name)
  mkdirSync(rootFolder, { recursive: true })
  const hooks = { 'banger:extend': { target: './extend.js', identifier: 'extend' } }
  writeFileSync(join(rootFolder, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', oclif: { hooks } }))
  writeFileSync(join(rootFolder, 'extend.js'), source)
  const data = join(banger.home, '.local/share/banger')
  mkdirSync(data, { recursive: true })
  writeFileSync(
    join(data, 'package.json'),
    JSON.stringify({ oclif: { schema: 1, plugins: [{ name, root: rootFolder, type: 'link' }] } }),
  )
}
