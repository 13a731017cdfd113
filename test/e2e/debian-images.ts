import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Host } from '@banger/core'
import { run, stream } from '../../core/src/host/run.ts'
import { which } from '../../core/src/host/which.ts'
import { aptProxies } from '../../plugins/distro-debian/src/apt-proxies.ts'
import { hostCodename, readHostSources } from '../../plugins/distro-debian/src/host-apt.ts'
import { debianSource } from '../../plugins/distro-debian/src/source.ts'
import { missingTools } from '../../plugins/image-oci/test/real-registry.ts'

/** Why these images cannot be made here, '' when they can. */
export const imageObstacle = obstacle()

/** What `pushDebianImages` has pushed; both have no sshd. */
export const images = {
  /** No init. By buildah and umoci, pushed by skopeo. apt sees no package sources in it until `hidesSources` is removed. */
  plain: 'debian/plain:v1',
  /** systemd and what openssh-server depends on. By buildah, pushed by buildah. As in Docker's Debian, installing a package starts nothing. */
  systemd: 'debian/systemd:v1',
}

/** Of the plain image. */
export const hidesSources = '/etc/apt/apt.conf.d/99hides-sources'

interface Target {
  /** `127.0.0.1:<port>` */
  registry: string
  /** `name:password` */
  credentials?: string
}

/**
 * Makes two images of the host's own Debian release, from the host's package sources, in several layers and with other people's tools.
 * @param folder an empty one for the making; it may be removed afterwards
 */
export async function pushDebianImages(folder: string, to: { plain: Target; systemd: Target }): Promise<void> {
  const layout = join(folder, 'layout')
  const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
  const buildah = (...args: string[]) => execute('buildah', [...storage, ...args])
  // apt's lists are no part of the images, and fetched once
  const lists = join(folder, 'lists')
  mkdirSync(lists)
  const runIn = (container: string, script: string) =>
    buildah('run', '--isolation=chroot', `--volume=${lists}:/var/lib/apt/lists`, container, '--', 'sh', '-euc', script)

  const base = buildah('from', 'scratch')
  buildah('add', base, await bootstrap(join(folder, 'base.tar')), '/')
  for (const [file, path] of await hostAccess(folder)) buildah('add', base, file, path)
  runIn(base, installDependencies)
  const id = buildah('commit', '--rm', '--quiet', base)
  buildah('push', id, `oci:${layout}:base`)

  makePlain(folder, layout)
  const { registry, credentials } = to.plain
  const login = credentials ? ['--dest-creds', credentials] : []
  execute('skopeo', ['copy', '--dest-tls-verify=false', ...login, `oci:${layout}:plain`, `docker://${registry}/${images.plain}`])

  const systemd = buildah('from', id)
  runIn(systemd, installSystemd)
  buildah('commit', '--rm', '--tls-verify=false', systemd, `docker://${to.systemd.registry}/${images.systemd}`)
}

/** Two layers more, and a configuration with values that are not easy. */
function makePlain(folder: string, layout: string): void {
  const image = `${layout}:plain`
  const umoci = (...args: string[]) => execute('umoci', args)
  const hides = join(folder, 'hides-sources')
  writeFileSync(hides, 'Dir::Etc::SourceList "/nowhere"; Dir::Etc::SourceParts "/nowhere";\n')
  umoci('insert', '--image', `${layout}:base`, '--tag', 'plain', hides, hidesSources)
  umoci('insert', '--image', image, '--whiteout', '/etc/motd')
  umoci('config', '--image', image, ...plainConfig)
}

const plainConfig = [
  ['env', 'PATH=/opt/tool/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['env', 'EQUATION=a=b'],
  ['env', 'POEM=two\nlines'],
  ['env', 'HOME=/home/app'],
  ['user', 'app:users'],
  ['workingdir', '/made/here'],
  ['entrypoint', '/bin/false'],
].map(([key, value]) => `--config.${key}=${value}`)

/** All that openssh-server depends on, so that a guest installs that alone: emulated, the others take a minute. */
const installDependencies = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --no-install-recommends openssh-client openssh-sftp-server procps ucf libwrap0 runit-helper
apt-get clean
`

/** As in Docker's Debian, nothing may be started by being installed. */
const installSystemd = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qq install --no-install-recommends systemd-sysv
apt-get clean
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
`

/** The minimal Debian that \`debian:<suite>/minimal\` is made of, as a tar. */
async function bootstrap(tar: string): Promise<string> {
  const live = { signal: new AbortController().signal, progress: () => undefined }
  const found = await debianSource(host).resolve(`${(await hostCodename()) ?? 'stable'}/minimal`, live)
  for await (const layer of found?.layers(live) ?? []) await pipeline(layer, createWriteStream(tar))
  return tar
}

/** What apt in the image needs to reach the host's package sources, besides the sources: files and their paths in the image. */
async function hostAccess(folder: string): Promise<[string, string][]> {
  const files: [string, string][] = []
  const { http_proxy: http, https_proxy: https } = await aptProxies(host)
  const proxies = Object.entries({ http, https }).filter(([, address]) => address)
  const configuration = join(folder, 'proxies')
  writeFileSync(configuration, proxies.map(([scheme, address]) => `Acquire::${scheme}::Proxy "${address}";\n`).join(''))
  if (proxies.length > 0) files.push([configuration, '/etc/apt/apt.conf.d/01proxies'])
  const certificates = '/etc/ssl/certs/ca-certificates.crt'
  const secure = (await readHostSources()).some(({ uris }) => uris.some((uri) => uri.startsWith('https:')))
  return secure ? [...files, [certificates, certificates]] : files
}

const host = { run, stream, which } as unknown as Host

function execute(program: string, args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' }).trim()
}

function obstacle(): string {
  if (process.getuid?.() !== 0) return 'needs root, as which buildah runs programs in an image by chroot'
  const here = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0
  const missing = [missingTools(), ...['buildah', 'mmdebstrap'].filter((tool) => !here(tool))].filter(Boolean)
  return missing.length > 0 ? `missing: ${missing.join(', ')}` : ''
}
