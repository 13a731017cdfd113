import { type Manager, npmOf } from './manager.ts'
import { runNpm } from './npm/run-npm.ts'
import { readManifest } from './set/manifest.ts'
import { removeUnusedTarballs } from './set/tarballs.ts'

/** Takes the files of an installed plugin, and dependencies that no other needs, out of a set. */
export async function dropPackage(manager: Manager, set: string, name: string): Promise<void> {
  const { dependencies } = await readManifest(set)
  if (!dependencies || !(name in dependencies)) return
  const args = ['uninstall', name, '--ignore-scripts', '--omit=dev', '--legacy-peer-deps']
  await runNpm(npmOf(manager), { args, cwd: set, about: name })
  await removeUnusedTarballs(set)
}
