import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '@banger/core'
import type { AptOptions } from './apt-lists.ts'
import { type Package, parsePackages } from './packages.ts'

const env = { LC_ALL: 'C' }
/** Milliseconds between two looks at how far a download has come. */
const lookEvery = 250

/** The host's package client over one set of lists. */
export interface Apt {
  /** @returns names of all packages that begin with `prefix` */
  names(prefix: string): Promise<string[]>
  /** @returns the version that would be installed of each of these packages; unknown names are passed over */
  show(names: string[]): Promise<Package[]>
  /** Downloads packages, checks them against the signed lists, and unpacks them into `root`. Needs room in `dir`. */
  unpack(packages: Package[], dir: string, root: string, label: string): Promise<void>
}

/** @param config as from `freshLists` */
export function openApt(host: Host, config: string, { signal, progress }: AptOptions): Apt {
  return {
    async names(prefix) {
      const { stdout } = await host.run('apt-cache', ['-c', config, 'pkgnames', prefix], { env, signal })
      return stdout.split('\n').filter((line) => line !== '')
    },

    async show(names) {
      if (names.length === 0) return []
      // Exit status 100: none of them has a version.
      const { stdout } = await host.run('apt-cache', ['-c', config, 'show', '--no-all-versions', ...names], {
        env,
        signal,
        allow: [100],
      })
      return parsePackages(stdout)
    },

    async unpack(packages, dir, root, label) {
      const total = packages.reduce((sum, { size }) => sum + size, 0)
      const step = { id: 'download', message: `Downloading ${label}`, total, unit: 'bytes' as const }
      progress({ ...step, state: 'running', current: 0 })
      let settled = false
      const timer = setInterval(async () => {
        const current = await bytesIn(dir).catch(() => 0)
        if (!settled) progress({ ...step, state: 'running', current: Math.min(current, total) })
      }, lookEvery)
      try {
        const wanted = packages.map(({ name, version }) => `${name}=${version}`)
        await host.run('apt-get', ['-c', config, '-q', 'download', ...wanted], { cwd: dir, env, signal })
      } finally {
        settled = true
        clearInterval(timer)
      }
      progress({ ...step, state: 'done', current: total })
      progress({ id: 'unpack', message: `Unpacking ${label}`, state: 'running' })
      for (const archive of await archivesIn(dir)) {
        await host.run('dpkg-deb', ['--extract', archive, root], { signal })
        await rm(archive)
      }
      progress({ id: 'unpack', message: `Unpacked ${label}`, state: 'done' })
    },
  }
}

async function archivesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir)
  return names.filter((name) => name.endsWith('.deb')).map((name) => join(dir, name))
}

async function bytesIn(dir: string): Promise<number> {
  const sizes = await Promise.all((await archivesIn(dir)).map(async (path) => (await stat(path)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
