import type { Endpoint } from './endpoints.ts'
import { request, type RequestOptions, Transient } from './request.ts'

/**
 * Where an endpoint's server answers. One that may be insecure is tried by TLS first, whose certificate is not checked; one that
 * does not speak it gets plain HTTP, as Docker and podman do it.
 */
export async function findServer({ base, mayBePlain }: Endpoint, options: RequestOptions): Promise<URL> {
  if (!mayBePlain || base.protocol !== 'https:') return base
  try {
    const { body } = await request(new URL('/v2/', base), options)
    body.resume()
    return base
  } catch (error) {
    if (!(error instanceof Transient)) throw error
    return new URL(base.href.replace(/^https:/, 'http:'))
  }
}
