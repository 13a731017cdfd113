import { z } from 'zod'
import type { Credentials } from '../credentials/find-credentials.ts'
import { parseChallenges } from './challenge.ts'
import type { Endpoint } from './endpoints.ts'
import { readBody } from './read-body.ts'
import { request, type RequestOptions } from './request.ts'

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/**
 * The Authorization header that a 401 asks for.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/ for identity tokens
 * @param header the answer's WWW-Authenticate
 * @returns undefined when there is nothing (more) to offer
 * @throws Transient, Error with a message for people
 */
export async function authorize(
  header: string,
  { base, repository }: Endpoint,
  credentials: Credentials | undefined,
  options: RequestOptions,
): Promise<string | undefined> {
  const challenges = parseChallenges(header)
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
  if (!bearer) {
    const isBasic = challenges.some(({ scheme }) => scheme === 'basic')
    return isBasic && credentials && !credentials.identityToken ? basic(credentials) : undefined
  }
  const { realm = '', service, scope = `repository:${repository}:pull` } = bearer.parameters
  if (!URL.canParse(realm)) throw new Error('it names no place to get a token from')
  const url = new URL(realm)
  // a registry on the network does not make us tell our password to a service of this machine
  if (options.mayBeInsecure(url.host) && !options.mayBeInsecure(base.host))
    throw new Error(`it asks for a token of ${url.host}, which is not its own`)
  const parameters = { ...(service ? { service } : {}), scope }
  const answer = credentials?.identityToken
    ? await request(url, { ...options, headers: {}, form: refreshForm(credentials.identityToken, parameters) })
    : await request(withQuery(url, parameters), { ...options, headers: credentials ? { authorization: basic(credentials) } : {} })
  const body = await readBody(answer, options.limits.document)
  if (answer.status === 401 || answer.status === 403) return undefined
  if (answer.status !== 200) throw new Error(`${url.host} answers ${answer.status} when asked for a token`)
  const token = readToken(body)
  if (!token) throw new Error(`${url.host} gives no token`)
  return `Bearer ${token}`
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function refreshForm(token: string, parameters: Record<string, string>): URLSearchParams {
  return new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: 'banger', ...parameters })
}

function withQuery(url: URL, parameters: Record<string, string>): URL {
  const full = new URL(url)
  for (const [key, value] of Object.entries(parameters)) full.searchParams.set(key, value)
  return full
}

function readToken(body: Buffer): string | undefined {
  try {
    const { token, access_token } = tokenAnswer.parse(JSON.parse(body.toString('utf8')))
    // what a header cannot hold is no token
    return [token, access_token].find((text) => text && /^[\x21-\x7e]+$/.test(text))
  } catch {
    return undefined
  }
}
