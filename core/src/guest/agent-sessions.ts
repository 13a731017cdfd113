import type { Duplex, Readable } from 'node:stream'
import type { GuestSession, GuestSessionStart } from '../protocol/session.ts'

/** How a request gets to the agent. */
export interface AgentRequests {
  json<T>(method: string, path: string, options?: { body?: unknown; timeout?: number }): Promise<T>
  stream(method: string, path: string): Duplex
}

/** Milliseconds until a session must have ended: what the agent waits before SIGKILL, and for the end. */
const endTimeout = 40_000

/** The sessions of a guest, by name or id. docs/guest-channel.md has the requests. Throws as `AgentClient` does. */
export class AgentSessions {
  readonly #requests: AgentRequests

  constructor(requests: AgentRequests) {
    this.#requests = requests
  }

  list(): Promise<GuestSession[]> {
    return this.#requests.json('GET', '/v1/sessions')
  }

  /** @throws session.exists, session.preflight, guest.bad-user, … */
  start(start: GuestSessionStart): Promise<GuestSession> {
    return this.#requests.json('POST', '/v1/sessions', { body: start })
  }

  /** @throws session.not-found, as all below */
  show(session: string): Promise<GuestSession> {
    return this.#requests.json('GET', pathOf(session))
  }

  /** Asks it to end, and waits for that. @param force at once, all its processes */
  end(session: string, force: boolean): Promise<GuestSession> {
    return this.#requests.json('POST', `${pathOf(session)}/${force ? 'kill' : 'stop'}`, { timeout: endTimeout })
  }

  /** @throws session.running unless it has ended or `force` ends it */
  async delete(session: string, force: boolean): Promise<void> {
    await this.#requests.json('DELETE', `${pathOf(session)}?force=${force}`, { timeout: endTimeout })
  }

  /** Frames of what it has written, from a position on; with `follow` until it ends. */
  output(session: string, from: number, follow: boolean): Readable {
    return this.#requests.stream('GET', `${pathOf(session)}/output?from=${from}&follow=${follow}`).end()
  }

  /** Frames both ways, the first written one being `start`. Ending it leaves; destroying it looks like a broken connection. */
  attach(session: string): Duplex {
    return this.#requests.stream('POST', `${pathOf(session)}/attach`)
  }
}

function pathOf(session: string): string {
  return `/v1/sessions/${encodeURIComponent(session)}`
}
