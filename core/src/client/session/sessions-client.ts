import type { IncomingMessage } from 'node:http'
import { isError } from '../../errors.ts'
import { suggesting } from '../../nearest.ts'
import type { Session, StartSession } from '../../protocol/session.ts'
import type { DaemonClient } from '../daemon-client.ts'

/** The sessions of one VM, by name or id. Every method throws what the daemon reports. */
export class SessionsClient {
  readonly #client: DaemonClient
  readonly #path: string

  /** @param vm name or id of a VM */
  constructor(client: DaemonClient, vm: string) {
    this.#client = client
    this.#path = `/v1/vms/${encodeURIComponent(vm)}/sessions`
  }

  list(): Promise<Session[]> {
    return this.#client.get(this.#path)
  }

  /** @throws session.exists, session.preflight */
  start(start: StartSession): Promise<Session> {
    return this.#client.request('POST', this.#path, start)
  }

  /** @throws session.not-found */
  show(session: string): Promise<Session> {
    return this.#find(session, this.#client.get(this.#of(session)))
  }

  /** Asks it to end and waits for that. */
  stop(session: string): Promise<Session> {
    return this.#find(session, this.#client.request('POST', `${this.#of(session)}/stop`))
  }

  kill(session: string): Promise<Session> {
    return this.#find(session, this.#client.request('POST', `${this.#of(session)}/kill`))
  }

  /** @throws session.running unless it has ended or `force` ends it */
  async delete(session: string, force: boolean): Promise<void> {
    await this.#find(session, this.#client.delete(`${this.#of(session)}?force=${force}`))
  }

  /** Frames of what it has written, from a position on; with `follow` until it ends. */
  output(session: string, from: number, follow: boolean): Promise<IncomingMessage> {
    return this.#find(session, this.#client.stream(`${this.#of(session)}/output?from=${from}&follow=${follow}`))
  }

  /** Names the session that was probably meant when there is none of that name. */
  async #find<T>(session: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (!isError(error, 'session.not-found')) throw error
      const sessions = await this.list().catch(() => [])
      throw suggesting(
        error,
        session,
        sessions.map(({ name }) => name),
      )
    }
  }

  #of(session: string): string {
    return `${this.#path}/${encodeURIComponent(session)}`
  }
}
