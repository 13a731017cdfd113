/** Builds everything into build/: `node scripts/build/main.ts [--no-agent]`. */
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildAgent } from './agent.ts'
import { buildCli } from './cli.ts'
import { buildDaemon } from './daemon.ts'
import { writeApi, writeCorePackage } from './core-package.ts'
import { writeLaunchers } from './launchers.ts'
import { writeManifests } from './manifests.ts'
import { writePackages } from './packages.ts'
import { writeShare } from './share.ts'
import { buildTestkit } from './testkit.ts'
import { readWorkspaces } from './workspaces.ts'

const root = join(import.meta.dirname, '../..')
const bin = join(root, 'build/bin')
const { version, description } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
  'version' | 'description',
  string
>

await mkdir(bin, { recursive: true })
await replaceLib(join(root, 'build/lib/banger'), async (lib) => {
  const { core, plugins } = readWorkspaces(root)
  const target = { root, lib, version, description }
  await Promise.all([buildCli(target, [core, ...plugins]), buildDaemon(target, plugins), writeCorePackage(target)])
  await writePackages(target, core, plugins)
  await buildTestkit(target)
  await writeApi(lib)
  await writeManifests(lib)
})
await writeLaunchers(root, bin)
await writeShare(root, join(root, 'build/lib/banger'), join(root, 'build/share'), { version, description })
await Promise.all(['banger', 'bangerd'].map((name) => chmod(join(bin, name), 0o755)))
if (!process.argv.includes('--no-agent')) buildAgent(root, join(bin, 'banger-vsock-agent'), version)

/** Makes the new folder beside the old one, so that a build that fails leaves the old one in place. */
async function replaceLib(lib: string, fill: (stage: string) => Promise<void>): Promise<void> {
  const stage = `${lib}.new`
  await rm(stage, { recursive: true, force: true })
  await mkdir(stage, { recursive: true })
  await fill(stage)
  await rm(lib, { recursive: true, force: true })
  await rename(stage, lib)
}
