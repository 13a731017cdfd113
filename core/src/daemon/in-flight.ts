import type { IncomingMessage, Server } from 'node:http'

/** What the daemon is in the middle of for somebody: requests that are not answered yet, and the streams they became. */
export class InFlight {
  readonly #underWay = new Map<symbol, string>()
  #onIdle: (() => void) | undefined

  /** @returns ends it; may be called again */
  begin(what: string): () => void {
    const key = Symbol(what)
    this.#underWay.set(key, what)
    return () => {
      if (this.#underWay.delete(key) && this.#underWay.size === 0) this.#onIdle?.()
    }
  }

  /** For people, without repetition: `exec in devbox`. */
  list(): string[] {
    return [...new Set(this.#underWay.values())]
  }

  /** Calls `run` once nothing is under way, at the next turn at the earliest. Another call replaces the one before. */
  whenIdle(run: () => void): void {
    const idle = (): void => {
      if (this.#underWay.size > 0 || this.#onIdle !== idle) return
      this.#onIdle = undefined
      run()
    }
    this.#onIdle = idle
    setImmediate(idle)
  }
}

/** Counts what a server does for its clients. */
export function watchServer(server: Server, inFlight: InFlight): void {
  server.on('request', (request: IncomingMessage, answer) => {
    if (!isPassing(request)) answer.once('close', inFlight.begin(describe(request)))
  })
  server.on('upgrade', (request: IncomingMessage, socket) => void socket.once('close', inFlight.begin(describe(request))))
}

/** Those that ask for the restart, or for what is waited for. */
function isPassing({ url }: IncomingMessage): boolean {
  return url === '/v1/daemon/restart' || url === '/v1/info'
}

const verbs: Record<string, string> = {
  'POST start': 'starting',
  'POST stop': 'stopping',
  'POST kill': 'killing',
  'POST exec': 'exec in',
  'POST dial': 'a connection to',
  'GET log': 'a log of',
  'DELETE ': 'deleting',
}

/** `creating a VM`, `exec in devbox`; where there is no such word, the request itself. */
function describe({ method = '', url = '' }: IncomingMessage): string {
  const [path = ''] = url.split('?')
  if (method === 'POST' && path === '/v1/vms') return 'creating a VM'
  if (method === 'POST' && path === '/v1/images') return 'making an image'
  const [, vm, rest = ''] = /^\/v1\/vms\/([^/]+)\/?(.*)$/.exec(path) ?? []
  if (!vm) return `${method} ${path}`
  return `${verbs[`${method} ${rest}`] ?? `${method} ${rest} of`} ${nameOf(vm)}`
}

/** What the path names, also where that is badly encoded. */
function nameOf(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
