import { mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { fail, toBangerError } from '../errors.ts'
import type { Engine } from '../lifecycle/engine.ts'
import type { GuestSession } from '../protocol/session.ts'
import { encodeJson, streamId } from '../protocol/stdio-mux.ts'

/** Milliseconds that the agent has to note that a client has left. */
const leaveTimeout = 5000

/** Bytes in a unix socket's path (unix(7)). */
const longestPath = 107

/** The unix sockets at which clients of this host attach to sessions (docs/sessions.md). The agent knows who is attached. */
export interface SessionSockets {
  /** Listens for a session. @returns the socket's path, undefined for one without a pipe @throws guest.refused */
  open(vm: { id: string; name: string }, session: GuestSession): string | undefined
  close(vmId: string, sessionId?: string): void
}

/** @param dir the folder of the sockets; what an earlier daemon left in it is removed */
export function sessionSockets(engine: Engine, dir: string): SessionSockets {
  rmSync(dir, { recursive: true, force: true })
  const servers = new Map<string, { path: string; server: Server; connections: Set<Socket> }>()
  const close = (key: string): void => {
    const entry = servers.get(key)
    servers.delete(key)
    entry?.server.close()
    for (const connection of entry?.connections ?? []) connection.destroy()
    if (entry) rmSync(entry.path, { force: true })
  }
  return {
    open(vm, session) {
      if (session.stdinMode !== 'pipe') return undefined
      // The guest made it up, and it becomes a file's name.
      if (!/^[a-z0-9]{8,32}$/.test(session.id)) throw fail('guest.refused', { name: vm.name, reason: 'a session has a bad id' })
      const key = `${vm.id}-${session.id}`
      const known = servers.get(key)
      if (known) return known.path
      const path = join(dir, `${key}.sock`)
      const connections = new Set<Socket>()
      const server = createServer({ allowHalfOpen: true }, (client) => {
        connections.add(client)
        client.once('close', () => connections.delete(client))
        const live = engine.live.get(vm.id)
        if (live) carry(client, live.agent.sessions.attach(session.id))
        else client.destroy()
      })
      server.on('error', (error) => engine.host.log.error({ err: error, path }, "a session's socket broke"))
      listenPrivately(server, dir, path)
      servers.set(key, { path, server, connections })
      return path
    },
    close(vmId, sessionId) {
      if (sessionId !== undefined) close(`${vmId}-${sessionId}`)
      else for (const key of [...servers.keys()]) if (key.startsWith(`${vmId}-`)) close(key)
    },
  }
}

function listenPrivately(server: Server, dir: string, path: string): void {
  if (Buffer.byteLength(path) > longestPath)
    throw fail('state.unwritable', { folder: dir, reason: 'its path is too long for sockets', variable: 'XDG_STATE_HOME' })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  // A unix socket is bound within this very call.
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
}

/**
 * Carries frames both ways, unread. A client that goes, however it goes, has left: that ends the stream properly. A guest that is
 * lost breaks the client's connection, unless nothing was sent over it yet: then an error frame says why.
 */
function carry(client: Socket, agent: Duplex): void {
  let answered = false
  agent.once('data', () => {
    answered = true
  })
  client.on('error', () => undefined)
  client.pipe(agent)
  agent.pipe(client)
  agent.once('error', (error) => {
    if (answered) client.destroy()
    else client.end(encodeJson(streamId.error, toBangerError(error).toJSON()))
  })
  client.once('close', () => {
    agent.end()
    agent.resume()
    const timer = setTimeout(() => agent.destroy(), leaveTimeout)
    timer.unref()
    agent.once('close', () => clearTimeout(timer))
  })
}

/** Listens again, in the background, for the sessions of VMs that this daemon took over; and no more for VMs that stop. */
export function rebuildSockets(engine: Engine, sockets: SessionSockets): void {
  engine.hooks.events.tap('banger:sessions', (event) => {
    if (event.type === 'vm.stopped' || event.type === 'vm.deleted') sockets.close(event.vm.id)
  })
  for (const [id, live] of engine.live) {
    const vm = engine.store.vms.get(id)
    if (!vm) continue
    live.agent.sessions.list().then(
      (sessions) => sessions.map((session) => sockets.open(vm, session)),
      (error: unknown) => engine.host.log.warn({ vm: vm.name, err: error }, "a VM's sessions could not be asked for"),
    )
  }
}
