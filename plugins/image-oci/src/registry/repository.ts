import { fail, type Host, isError } from '@banger/core'
import type { OciConfig } from '../config.ts'
import { findCredentials } from '../credentials/find-credentials.ts'
import { mediaTypes } from '../manifest/media-types.ts'
import { authorize } from './authorize.ts'
import { type Endpoint, mayBeInsecure } from './endpoints.ts'
import { findServer } from './find-server.ts'
import type { Limits } from './limits.ts'
import { readBody, readProblem } from './read-body.ts'
import { type Answer, request, type RequestOptions, Transient, Untrusted } from './request.ts'
import { retry } from './retry.ts'

/** A repository in a registry (https://github.com/opencontainers/distribution-spec). */
export interface Repository {
  readonly endpoint: Endpoint
  /** @param version a tag or a digest @throws registry.not-found, registry.unauthorized, registry.failed */
  manifest(version: string, signal: AbortSignal): Promise<Buffer>
  /**
   * Asks for a blob from a byte on. One try: whoever reads it begins again where it broke.
   * @returns 206 answers begin at `offset`, 200 answers at 0
   * @throws Transient besides those of `manifest`
   */
  blob(digest: string, offset: number, signal: AbortSignal): Promise<Answer>
}

export function openRepository(host: Host, endpoint: Endpoint, config: OciConfig, limits: Limits): Repository {
  let authorization: string | undefined
  let server: Promise<URL> | undefined
  const isOwn = (name: string) => endpoint.base.protocol === 'http:' && name === endpoint.base.host
  const trust = { limits, mayBeInsecure: (name: string) => mayBeInsecure(name, config) || isOwn(name) }

  async function get(path: string, what: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const options: RequestOptions = { signal, ...trust }
    server ??= findServer(endpoint, options)
    server.catch(() => (server = undefined))
    const url = new URL(path, await server)
    const send = () => request(url, { ...options, headers: authorization ? { ...headers, authorization } : headers })
    let answer = await send()
    if (answer.status === 401) {
      answer.body.destroy()
      const credentials = await findCredentials(host, endpoint.registry, endpoint.repository)
      authorization = await authorize(answer.headers['www-authenticate'] ?? '', endpoint, credentials, options)
      if (authorization) answer = await send()
    }
    await check(answer, what)
    return answer
  }

  async function check(answer: Answer, ref: string): Promise<void> {
    const { status, headers } = answer
    if (status === 200 || status === 206) return
    const { registry, repository } = endpoint
    const said = await readProblem(answer)
    if (status === 401 || status === 403)
      throw fail('registry.unauthorized', { registry, repository, detail: said ? ` (${said})` : '' })
    if (status === 404) throw fail('registry.not-found', { registry, ref })
    const reason = `it answers ${status}${said ? ` (${said})` : ''}`
    if (status === 429 || status >= 500) {
      const seconds = Number(headers['retry-after'])
      throw new Transient(reason, seconds > 0 ? { wait: seconds * 1000 } : {})
    }
    throw new Error(reason)
  }

  return {
    endpoint,

    async manifest(version, signal) {
      const ref = `${endpoint.repository}${version.includes(':') ? '@' : ':'}${version}`
      return explain(endpoint, signal, () =>
        retry(limits, signal, async () => {
          const answer = await get(`manifests/${version}`, ref, { accept: mediaTypes.join(', ') }, signal)
          return readBody(answer, limits.document)
        }),
      )
    },

    async blob(digest, offset, signal) {
      const headers = { 'accept-encoding': 'identity', ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) }
      return get(`blobs/${digest}`, `${endpoint.repository} whole: it lacks ${digest}`, headers, signal)
    },
  }
}

/** What fails for reasons of the network's becomes registry.failed. */
export async function explain<T>({ registry }: Endpoint, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (isError(error) || (error as NodeJS.ErrnoException).syscall) throw error
    if (error instanceof Untrusted) throw fail('registry.untrusted', { registry, reason: error.message }, error)
    throw fail('registry.failed', { registry, reason: error instanceof Error ? error.message : String(error) }, error)
  }
}
