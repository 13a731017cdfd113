import { readFile } from 'node:fs/promises'
import { type Host, isError } from '@banger/core'
import { z } from 'zod'
import { credentialFiles } from './credential-files.ts'

export interface Credentials {
  username: string
  password: string
  /** An OAuth refresh token, which takes the password's place. */
  identityToken?: string
}

const entry = z.object({ auth: z.string().optional(), identitytoken: z.string().optional() })
const fileFormat = z.object({
  auths: z.record(z.string(), entry).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
})
const helperAnswer = z.object({ Username: z.string(), Secret: z.string() })

type CredentialFile = z.infer<typeof fileFormat>

/**
 * Credentials for a repository, as `docker login` and `podman login` leave them. A file or helper that cannot be used is logged and
 * passed over: many images need no credentials.
 * @param env the process's environment
 */
export async function findCredentials(
  host: Host,
  registry: string,
  repository: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  for (const path of credentialFiles(env)) {
    const file = await readCredentialFile(host, path)
    const found = file && (await lookUp(host, file, registry, repository))
    if (found) return found
  }
  return undefined
}

async function readCredentialFile(host: Host, path: string): Promise<CredentialFile | undefined> {
  try {
    return fileFormat.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      host.log.warn(
        { file: path, reason: (error as NodeJS.ErrnoException).code ?? 'not in the format' },
        'credentials were not read',
      )
    return undefined
  }
}

async function lookUp(host: Host, file: CredentialFile, registry: string, repository: string): Promise<Credentials | undefined> {
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
  const helper = file.credHelpers[registry] ?? file.credsStore
  const found = helper && (await askHelper(host, helper, server))
  if (found) return found
  const byKey = new Map(Object.entries(file.auths).map(([key, value]) => [normalKey(key), value]))
  for (const key of keysFor(registry, repository)) {
    const credentials = decode(byKey.get(key))
    if (credentials) return credentials
  }
  return undefined
}

/** podman's keys may name a namespace; the most exact one counts. */
function keysFor(registry: string, repository: string): string[] {
  const parts = repository.split('/')
  return [...parts.map((_, index) => `${registry}/${parts.slice(0, parts.length - index).join('/')}`), registry]
}

/** Docker's keys may be addresses: `https://index.docker.io/v1/` is `docker.io`. */
function normalKey(key: string): string {
  return key
    .replace(/^https?:\/\//, '')
    .replace(/(\/v[12])?\/?$/, '')
    .replace(/^index\.docker\.io(?=\/|$)/, 'docker.io')
}

function decode(value: z.infer<typeof entry> | undefined): Credentials | undefined {
  if (!value?.auth && !value?.identitytoken) return undefined
  const text = Buffer.from(value.auth ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0 && !value.identitytoken) return undefined
  return {
    username: text.slice(0, Math.max(colon, 0)),
    password: text.slice(colon + 1).replace(/\0+$/, ''),
    ...(value.identitytoken ? { identityToken: value.identitytoken } : {}),
  }
}

/** https://github.com/docker/docker-credential-helpers: the server's name on stdin, JSON on stdout. */
async function askHelper(host: Host, helper: string, server: string): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined
  try {
    const { stdout } = await host.run(`docker-credential-${helper}`, ['get'], { input: server, timeout: 30_000 })
    const { Username, Secret } = helperAnswer.parse(JSON.parse(stdout))
    return Username === '<token>'
      ? { username: '', password: '', identityToken: Secret }
      : { username: Username, password: Secret }
  } catch (error) {
    // a helper fails when it knows nothing about the server, too
    host.log.debug(
      { helper, server, reason: isError(error) ? error.code : 'no answer in the format' },
      'a helper gave no credentials',
    )
    return undefined
  }
}
