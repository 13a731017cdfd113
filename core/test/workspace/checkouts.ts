import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WorkspaceMode } from '../../src/protocol/workspace.ts'
import type { Repository } from './repository.ts'

interface Made {
  /** Default: the repository's. */
  dir?: string
  mode?: WorkspaceMode
  /** Repositories within. */
  inner?: string[]
}

/** @returns nothing when the repository itself is meant */
type Make = (repository: Repository) => Made | undefined

/** Checkouts in every state that git knows, by what is special about them. */
export const checkouts: Record<string, Make> = {
  clean: (repository) => {
    repository.begin()
  },

  'dirty, staged, renamed, deleted, ignored, untracked and binary files': (repository) => {
    repository
      .begin()
      .write('.gitignore', '*.log\nbuild/\n')
      .write('gone.txt', 'gone')
      .write('old-name.txt', 'a\nb\nc\nd\n')
      .commit('More')
    repository.write('README.md', 'changed\n').write('staged.txt', 'staged').write('both.txt', 'one')
    repository.git('add', 'staged.txt', 'both.txt')
    repository.git('mv', 'old-name.txt', 'new-name.txt')
    repository.write('both.txt', 'two').remove('gone.txt').write('debug.log', 'ignored').write('build/out.o', 'ignored')
    repository.write('untracked.txt', 'new').write('deep/er/untracked.bin', Buffer.from([0, 255, 1, 254, 10, 13, 0]))
    repository.git('rm', '--quiet', '--cached', 'src/main.c')
  },

  'a detached head': (repository) => {
    repository.begin().write('b', 'b').commit('Second')
    repository.git('checkout', '--quiet', '--detach', 'HEAD~1')
  },

  'no commit yet': (repository) => {
    repository.git('init', '--quiet', '--initial-branch=trunk')
    repository.write('staged', 'staged').write('untracked', 'untracked')
    repository.git('add', 'staged')
  },

  'nothing at all': (repository) => {
    repository.git('init', '--quiet')
  },

  'a linked worktree': (repository) => {
    repository.begin()
    repository.git('worktree', 'add', '--quiet', '-b', 'side', '../side')
    const dir = join(repository.top, 'side')
    writeFileSync(join(dir, 'README.md'), 'on the side\n')
    writeFileSync(join(dir, 'new'), 'new')
    repository.gitIn(dir, 'add', 'new')
    return { dir }
  },

  'pointers of LFS, whose filter is not there': (repository) => {
    repository.begin().write('.gitattributes', '*.psd filter=lfs diff=lfs merge=lfs -text\n')
    repository
      .write('a.psd', `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`)
      .commit('LFS')
  },

  'files that a filter has made of what git keeps': (repository) => {
    repository.begin().write('.gitattributes', '*.up filter=up\n')
    repository.git('config', 'filter.up.clean', 'tr a-z A-Z')
    repository.git('config', 'filter.up.smudge', 'tr A-Z a-z')
    repository.write('a.up', 'text\n').commit('Filtered')
    // Older than the index, as files are a moment later: git need not look into them.
    utimesSync(join(repository.dir, 'a.up'), 1_700_000_000, 1_700_000_000)
    repository.git('update-index', '--refresh')
  },

  'a sparse checkout': (repository) => {
    repository.begin().write('docs/guide.md', 'guide').write('docs/deep/er.md', 'deeper').write('lib/a', 'a').commit('More')
    repository.git('sparse-checkout', 'set', '--cone', 'src')
  },

  'a sparse checkout with a sparse index': (repository) => {
    repository.begin().write('docs/guide.md', 'guide').write('docs/deep/er.md', 'deeper').write('lib/a', 'a').commit('More')
    repository.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'src')
    repository.write('src/new', 'new')
  },

  'a split index, an untracked cache and index version 4': (repository) => {
    repository.begin()
    repository.git('update-index', '--split-index', '--untracked-cache', '--index-version', '4')
    repository.write('README.md', 'changed\n').write('x', 'x')
    repository.git('add', 'x')
  },

  'names of any bytes': (repository) => {
    repository.begin()
    for (const name of [
      'new\nline',
      'tab\there',
      ' leading and trailing ',
      '"quoted"',
      'back\\slash',
      '-dash',
      ':colon',
      '*star',
      'ünïcödé',
      '😀',
    ])
      repository.write(name, name).write(`folder ${name}/${name}`, name)
    writeRaw(repository, Buffer.from([0x6c, 0xff, 0xfe, 0x31]), 'not UTF-8')
    repository.commit('Odd names')
    writeRaw(repository, Buffer.from([0x6c, 0xff, 0xfe, 0x31]), 'changed')
    writeRaw(repository, Buffer.from([0x80, 0x0a, 0x81]), 'untracked')
  },

  'executable bits, and other modes': (repository) => {
    repository
      .begin()
      .write('tool', '#!/bin/sh\n', 0o755)
      .write('private', 'mine', 0o600)
      .write('read-only', 'fixed', 0o444)
      .commit('Modes')
    repository.write('README.md', 'hello\n', 0o755).write('tool', '#!/bin/sh\n', 0o644).write('untracked', 'x', 0o711)
  },

  'links, out of the tree and to nowhere': (repository) => {
    repository
      .begin()
      .link('out', '/etc/passwd')
      .link('up', '../..')
      .link('nowhere', 'no/such/file')
      .link('inside', 'src/main.c')
      .commit('Links')
    repository.remove('inside').link('inside', 'README.md').link('untracked-link', '../home')
  },

  'a folder that has become a link, and a link that has become a folder': (repository) => {
    repository.begin().write('folder/a', 'a').link('link', 'src').commit('Both')
    repository.remove('folder').link('folder', '../home').remove('link').write('link/file', 'x')
  },

  'a file in place of a folder, and a folder in place of a file': (repository) => {
    repository.begin().write('folder/a', 'a').write('file', 'x').commit('Both')
    repository.remove('folder').write('folder', 'now a file').remove('file').write('file/inner', 'now a folder')
  },

  'attributes that turn line ends': (repository) => {
    repository.begin().write('.gitattributes', '*.txt text eol=crlf\n*.sh text eol=lf\n*.auto text=auto\n')
    repository.write('a.txt', 'a\r\nb\r\n').write('b.auto', 'a\r\nb\r\n').write('c.sh', 'a\n').commit('Line ends')
    repository.write('a.txt', 'a\r\nb\r\nc\r\n').write('new.txt', 'x\ny\n')
  },

  'line ends that the user has turned': (repository) => {
    repository.git('config', '--global', 'core.autocrlf', 'true')
    repository.begin().write('a.txt', 'a\r\nb\r\n').commit('CRLF')
    repository.write('b.txt', 'a\r\n')
  },

  'what the user ignores everywhere': (repository) => {
    mkdirSync(join(repository.top, 'home/.config/git'), { recursive: true })
    writeFileSync(join(repository.top, 'home/.config/git/ignore'), '*.swp\n')
    repository.begin().write('a.swp', 'swap').write('b.tmp', 'x').write('.git/info/exclude', '*.tmp\n')
  },

  'files added by intent, and told to be taken for unchanged': (repository) => {
    repository.begin().write('intended', 'intent').write('assumed', 'one').write('skipped', 'one')
    repository.git('add', 'assumed', 'skipped')
    repository.git('commit', '--quiet', '-m', 'Assume')
    repository.git('add', '--intent-to-add', 'intended')
    repository.git('update-index', '--assume-unchanged', 'assumed')
    repository.git('update-index', '--skip-worktree', 'skipped')
    repository.write('assumed', 'two').write('skipped', 'two')
  },

  'a merge in conflict': (repository) => {
    repository.begin().git('checkout', '--quiet', '-b', 'other')
    repository.write('README.md', 'theirs\n').commit('Theirs')
    repository.git('checkout', '--quiet', 'main')
    repository.write('README.md', 'ours\n').commit('Ours')
    try {
      repository.git('merge', 'other')
    } catch {
      // the conflict
    }
  },

  'an upstream branch that is ahead, tags, and a packed repository': (repository) => {
    repository.begin()
    execFileSync('git', ['clone', '--quiet', '--bare', repository.dir, join(repository.top, 'origin.git')], {
      env: repository.env,
    })
    repository.git('remote', 'add', 'origin', join(repository.top, 'origin.git'))
    repository.git('fetch', '--quiet', 'origin')
    repository.git('branch', '--quiet', '--set-upstream-to=origin/main')
    repository.git('tag', '-a', '-m', 'First', 'v1')
    repository.git('tag', 'light')
    repository.write('local', 'x').commit('Local')
    repository.git('gc', '--quiet')
  },

  'a shallow clone': (repository) => {
    repository.begin().write('a', 'a').commit('Second').write('b', 'b').commit('Third')
    const dir = join(repository.top, 'clone')
    execFileSync('git', ['clone', '--quiet', '--depth=2', `file://${repository.dir}`, dir], { env: repository.env })
    return { dir }
  },

  'objects borrowed from another repository': (repository) => {
    repository.begin()
    const dir = join(repository.top, 'clone')
    execFileSync('git', ['clone', '--quiet', '--shared', repository.dir, dir], { env: repository.env })
    return { dir }
  },

  'a repository of sha256': (repository) => {
    repository.git('init', '--quiet', '--object-format=sha256', '--initial-branch=main')
    repository.write('a', 'a').commit('Begin').write('a', 'b').write('c', 'c')
    repository.git('add', 'c')
  },

  'a git folder that lies elsewhere': (repository) => {
    repository.begin().write('README.md', 'changed\n')
    renameSync(join(repository.dir, '.git'), join(repository.top, 'elsewhere'))
    writeFileSync(join(repository.dir, '.git'), `gitdir: ${join(repository.top, 'elsewhere')}\n`)
  },

  'submodules, one of them not checked out': (repository) => {
    const library = join(repository.top, 'library')
    mkdirSync(library)
    repository.gitIn(library, 'init', '--quiet', '--initial-branch=main')
    writeFileSync(join(library, 'lib.c'), 'lib\n')
    repository.gitIn(library, 'add', '--all')
    repository.gitIn(library, 'commit', '--quiet', '-m', 'Library')
    repository.begin()
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor/lib')
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor/other')
    repository.commit('Submodules')
    repository.git('submodule', '--quiet', 'deinit', 'vendor/other')
    writeFileSync(join(repository.dir, 'vendor/lib/lib.c'), 'changed\n')
    writeFileSync(join(repository.dir, 'vendor/lib/new'), 'new\n')
    return { mode: 'full_copy', inner: ['vendor/lib'] }
  },

  '20,000 files': (repository) => {
    repository.git('init', '--quiet', '--initial-branch=main')
    for (let index = 0; index < 20_000; index++) repository.write(`d${index % 150}/f${index}`, `content ${index}\n`)
    repository.commit('Many')
    for (let index = 0; index < 20_000; index += 400) repository.write(`d${index % 150}/f${index}`, `changed ${index}\n`)
  },
}

function writeRaw(repository: Repository, name: Buffer, content: string): void {
  writeFileSync(Buffer.concat([Buffer.from(`${repository.dir}/`), name]), content)
}
