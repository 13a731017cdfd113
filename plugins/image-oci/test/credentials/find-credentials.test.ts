import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { findCredentials } from '../../src/credentials/find-credentials.ts'
import { hostIn } from '../bare-host.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = temporaryFolder()
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') })

/** A home with these files; undefined is looked up in it. */
function home(files: Record<string, unknown>): {
  folder: string
  look: (registry: string, repository?: string, env?: object) => unknown
} {
  const folder = mkdtempSync(join(root, 'home-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o755 })
  }
  const look = (registry: string, repository = 'a/b', env: object = {}) =>
    findCredentials(hostIn(folder), registry, repository, { HOME: folder, ...env })
  return { folder, look }
}

it("finds Docker's, also under the address that Docker files its hub by", async () => {
  const { look } = home({
    '.docker/config.json': { auths: { 'https://index.docker.io/v1/': auth('me:a:b'), 'x.io:5000': auth('you:c') } },
  })
  expect(await look('docker.io')).toEqual({ username: 'me', password: 'a:b' })
  expect(await look('x.io:5000')).toEqual({ username: 'you', password: 'c' })
  expect(await look('x.io')).toBeUndefined()
})

it("prefers podman's, by the most exact key", async () => {
  const { look, folder } = home({
    '.docker/config.json': { auths: { 'x.io': auth('docker:1') } },
    '.config/containers/auth.json': { auths: { 'x.io': auth('all:1'), 'x.io/a': auth('some:1'), 'x.io/a/b': auth('one:1') } },
    'elsewhere/config.json': { auths: { 'y.io': auth('moved:1') } },
    'named.json': { auths: { 'x.io': auth('named:1') } },
  })
  expect(await look('x.io', 'a/b')).toMatchObject({ username: 'one' })
  expect(await look('x.io', 'a/c')).toMatchObject({ username: 'some' })
  expect(await look('x.io', 'c')).toMatchObject({ username: 'all' })
  expect(await look('y.io', 'c', { DOCKER_CONFIG: join(folder, 'elsewhere') })).toMatchObject({ username: 'moved' })
  expect(await look('x.io', 'c', { REGISTRY_AUTH_FILE: join(folder, 'named.json') })).toMatchObject({ username: 'named' })
})

it('asks credential helpers, and goes on without those that fail', async () => {
  const answers = '#!/bin/sh\nread -r server\nprintf \'{"ServerURL":"%s","Username":"<token>","Secret":"refresh"}\' "$server"\n'
  const { look } = home({
    '.docker/config.json': { credHelpers: { 'x.io': 'good' }, credsStore: 'bad', auths: { 'y.io': auth('plain:1') } },
    'bin/docker-credential-good': answers,
    'bin/docker-credential-bad': '#!/bin/sh\necho credentials not found in native keychain\nexit 1\n',
  })
  expect(await look('x.io')).toEqual({ username: '', password: '', identityToken: 'refresh' })
  expect(await look('y.io')).toMatchObject({ username: 'plain' })
  expect(await look('z.io')).toBeUndefined()
})

it('passes over what cannot be read', async () => {
  const { look } = home({
    '.docker/config.json': { auths: { 'x.io': auth('me:1') } },
    '.config/containers/auth.json': '{ not json',
  })
  expect(await look('x.io')).toMatchObject({ username: 'me' })
})
