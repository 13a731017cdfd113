import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { sourceOf } from '../files/host-file.ts'
import { git, isolated } from '../git/git.ts'

/**
 * A folder with nothing but a workspace's `.gitignore` files and empty folders, by which git tells what it ignores: by the
 * guest's patterns, not by what the host's have become.
 */
export class IgnoreRules {
  readonly #host: Host
  readonly #store: string
  readonly #folder: string

  /** @param store git folder with the patterns that are in no `.gitignore` @param folder for the files; made */
  constructor(host: Host, store: string, folder: string) {
    this.#host = host
    this.#store = store
    this.#folder = folder
  }

  /** @param path of a `.gitignore` file; bytes, one character each (latin1) */
  async add(path: string, content: Buffer): Promise<void> {
    await mkdir(sourceOf(this.#folder, dirname(path)), { recursive: true })
    await writeFile(sourceOf(this.#folder, path), content)
  }

  /** Those of some paths that are not ignored. @param folders which of them are folders */
  async notIgnored(paths: string[], folders: Set<string>): Promise<string[]> {
    if (paths.length === 0) return []
    await mkdir(this.#folder, { recursive: true })
    for (const path of paths) if (folders.has(path)) await mkdir(sourceOf(this.#folder, path), { recursive: true })
    const place = isolated(this.#store, { worktree: this.#folder, index: join(this.#folder, '.git-no-index') })
    const input = paths.map((path) => `${path}\0`).join('')
    const answer = await git(this.#host, place, ['check-ignore', '--no-index', '-z', '--stdin'], { input, allow: [1] })
    const ignored = new Set(answer.split('\0'))
    return paths.filter((path) => !ignored.has(path))
  }
}
