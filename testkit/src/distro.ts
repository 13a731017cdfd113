import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Distro, OsRelease, ServiceUnit } from '@banger/core'
import type { Check } from './check.ts'
import { assertCommands, assertFiles } from './guest.ts'

/** A distro to check, and what it needs to show itself. */
export interface DistroSubject {
  distro: Distro
  /** Which of the well-known distributions are its own, by the `ID` of their os-release: `['debian', 'ubuntu']`. */
  serves: string[]
  /** More systems that are its own. */
  alsoServes?: OsRelease[]
  /**
   * Whether its init system takes the files of a service, which lie in `root` as they would in a guest.
   * @throws what is wrong with them
   */
  accepts?(root: string, unit: ServiceUnit): unknown
}

/** `ID` and `ID_LIKE` of the os-release of well-known distributions. */
const wellKnown: Record<string, string[]> = {
  'debian': [],
  'ubuntu': ['debian'],
  'linuxmint': ['ubuntu', 'debian'],
  'alpine': [],
  'void': [],
  'fedora': [],
  'rhel': ['fedora'],
  'rocky': ['rhel', 'centos', 'fedora'],
  'opensuse-leap': ['suse', 'opensuse'],
  'arch': [],
  'manjaro': ['arch'],
  'gentoo': [],
  'nixos': [],
}

/** A service whose every value has what a careless file of an init system would trip over. */
const service: ServiceUnit = {
  name: 'banger-check',
  description: 'The "check" of 100% & more',
  argv: ['/usr/bin/env', 'printf', '%s', 'a b', `it's`, '$HOME', 'back\\slash'],
  env: { PLAIN: 'value', QUOTED: `a "b" 'c' $d 50%` },
  cwd: '/root',
}

/** What a distro promises (`Distro` of @banger/core). */
export function distroChecks(subject: DistroSubject): Check[] {
  const { distro } = subject
  return [
    { sentence: 'knows its own systems, and no others', run: async () => knowsItsOwn(subject) },
    { sentence: 'gives commands that install packages by name', run: async () => installs(distro) },
    { sentence: 'knows the packages that banger asks for by their names there', run: async () => namesPackages(distro) },
    { sentence: 'gives commands that have its init system run sshd', run: async () => enablesSshd(distro) },
    { sentence: 'gives files that make its init system run a service', run: () => servesUnit(subject) },
  ]
}

function knowsItsOwn({ distro, serves, alsoServes = [] }: DistroSubject): void {
  assert.match(distro.id, /^[a-z0-9._-]+$/, `"${distro.id}" is no id`)
  for (const id of serves) assert.ok(id in wellKnown, `the kit knows no ${id}: describe it in alsoServes`)
  for (const os of alsoServes) assert.equal(distro.matches(os), true, `${os.id} is its own, and it does not know it`)
  for (const [id, idLike] of Object.entries(wellKnown)) {
    const own = serves.includes(id)
    const message = own ? `${id} is its own, and it does not know it` : `it takes ${id} for its own`
    assert.equal(distro.matches({ id, idLike }), own, message)
  }
}

function installs({ packages }: Distro): void {
  const commands = packages.install(['curl', 'git'])
  assertCommands(commands, 'install')
  for (const name of ['curl', 'git']) {
    const mentioned = commands.some(({ argv }) => argv.some((argument) => argument.split(/\s+/).includes(name)))
    assert.ok(mentioned, `no command of install(['curl', 'git']) names ${name}`)
  }
}

function namesPackages({ packages }: Distro): void {
  for (const generic of ['openssh-server', 'git', 'ca-certificates', 'curl'] as const)
    assert.match(packages.nameOf(generic), /^[\w.+-]+$/, `it has no name for ${generic}`)
}

function enablesSshd({ initSystem, enableSshd }: Distro): void {
  assert.ok(['systemd', 'openrc', 'runit', 'none'].includes(initSystem), `"${initSystem}" is no init system`)
  if (initSystem !== 'none') assertCommands(enableSshd, 'enableSshd')
}

async function servesUnit({ distro, accepts }: DistroSubject): Promise<void> {
  const files = distro.service(service)
  if (distro.initSystem === 'none') return assert.deepEqual(files, [], 'it has no init system, and gives files for one')
  assert.ok(files.length > 0, 'service() gives no files')
  assertFiles(files)
  assert.deepEqual(distro.service(service), files, 'it gives other files at the next call')
  const other = distro.service({ ...service, name: 'banger-other' }).map(({ path }) => path)
  for (const { path } of files) assert.ok(!other.includes(path), `two services would write ${path}`)
  const text = files.map(({ content }) => Buffer.from(content, 'base64').toString()).join('\n')
  assert.ok(text.includes('/usr/bin/env'), 'no file names the program of the service')
  for (const name of Object.keys(service.env ?? {})) assert.ok(text.includes(name), `no file has the variable ${name}`)
  const root = await mkdtemp(join(tmpdir(), 'banger-distro-'))
  try {
    for (const { path, content, mode } of files) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), Buffer.from(content, 'base64'), { mode })
    }
    await accepts?.(root, service)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
