import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A repository for a test, with a user's home of its own. */
export class Repository implements Disposable {
  readonly top: string
  readonly dir: string

  constructor(name = 'repo') {
    this.top = mkdtempSync(join(tmpdir(), 'banger-repository-'))
    this.dir = join(this.top, name)
    mkdirSync(join(this.top, 'home'))
    mkdirSync(this.dir)
    writeFileSync(join(this.top, 'home/.gitconfig'), '[gc]\n\tauto = 0\n')
  }

  /** With a first commit. */
  begin(): this {
    this.git('init', '--quiet', '--initial-branch=main')
    this.write('README.md', 'hello\n').write('src/main.c', 'int main() {}\n').write('src/run.sh', '#!/bin/sh\n', 0o755)
    return this.commit('Begin')
  }

  get env(): NodeJS.ProcessEnv {
    return gitEnvironment(join(this.top, 'home'))
  }

  git(...args: string[]): string {
    return this.gitIn(this.dir, ...args)
  }

  gitIn(dir: string, ...args: string[]): string {
    return execFileSync('git', args, {
      cwd: dir,
      env: this.env,
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 30,
    })
  }

  write(path: string, content: string | Buffer, mode?: number): this {
    const file = join(this.dir, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    if (mode !== undefined) chmodSync(file, mode)
    return this
  }

  link(path: string, target: string): this {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true })
    symlinkSync(target, join(this.dir, path))
    return this
  }

  remove(path: string): this {
    rmSync(join(this.dir, path), { recursive: true })
    return this
  }

  commit(message: string): this {
    this.git('add', '--all')
    this.git('commit', '--quiet', '--allow-empty', '-m', message)
    return this
  }

  [Symbol.dispose](): void {
    rmSync(this.top, { recursive: true, force: true })
  }
}

/** git as a user with that home runs it, who has no settings but a name. */
export function gitEnvironment(home: string): NodeJS.ProcessEnv {
  const { PATH } = process.env
  const identity = { NAME: 'Ann', EMAIL: 'ann@example.org', DATE: '2024-01-02T03:04:05Z' }
  return {
    PATH,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    ...Object.fromEntries(
      Object.entries(identity).flatMap(([name, value]) => [
        [`GIT_AUTHOR_${name}`, value],
        [`GIT_COMMITTER_${name}`, value],
      ]),
    ),
  }
}

/** What is in a folder, by path: type, mode, hash of the content. Names are bytes, one character each (latin1). */
export function contents(folder: string, skip: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (path: string): void => {
    for (const name of readdirSync(bytes(folder, path), { encoding: 'buffer' })) {
      const inner = path === '' ? name.toString('latin1') : `${path}/${name.toString('latin1')}`
      if (skip(inner)) continue
      const file = bytes(folder, inner)
      const stat = lstatSync(file)
      if (stat.isDirectory()) visit(inner)
      else if (stat.isSymbolicLink()) found[inner] = `link ${readlinkSync(file, { encoding: 'buffer' }).toString('latin1')}`
      else
        found[inner] = `file ${(stat.mode & 0o777).toString(8)} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`
    }
  }
  visit('')
  return found
}

/** Everything of a folder that a careless reader would change: contents, and times of what was written. */
export function fingerprint(folder: string): Record<string, string> {
  const found = contents(folder)
  const visit = (path: string): void => {
    const stat = lstatSync(bytes(folder, path), { bigint: true })
    found[path] = `${found[path] ?? 'folder'} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`
    if (!stat.isDirectory()) return
    for (const name of readdirSync(bytes(folder, path), { encoding: 'buffer' }))
      visit(path === '' ? name.toString('latin1') : `${path}/${name.toString('latin1')}`)
  }
  visit('')
  return found
}

function bytes(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')])
}
