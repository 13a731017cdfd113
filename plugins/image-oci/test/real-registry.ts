import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RealRegistry {
  /** `127.0.0.1:<port>` */
  host: string
  stop(): Promise<void>
}

/** The programs of these tests that are missing, '' when all are here. */
export function missingTools(): string {
  const tools = ['docker-registry', 'skopeo', 'umoci', 'htpasswd']
  return tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0).join(', ')
}

/** Debian's registry server on loopback; with a user, it wants basic authentication. */
export async function startRegistry(folder: string, user?: { name: string; password: string }): Promise<RealRegistry> {
  mkdirSync(join(folder, 'data'), { recursive: true })
  const host = `127.0.0.1:${await freePort()}`
  const lines = [
    'version: 0.1',
    'log: {level: error}',
    `storage: {filesystem: {rootdirectory: ${join(folder, 'data')}}}`,
    `http: {addr: "${host}"}`,
  ]
  if (user) {
    writeFileSync(join(folder, 'htpasswd'), execFileSync('htpasswd', ['-Bbn', user.name, user.password]))
    lines.push(`auth: {htpasswd: {realm: test, path: ${join(folder, 'htpasswd')}}}`)
  }
  writeFileSync(join(folder, 'config.yml'), `${lines.join('\n')}\n`)
  const server = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  for (let tries = 0; !(await answers(host)); tries++) {
    if (tries > 200 || server.exitCode !== null) throw new Error('docker-registry does not come up')
    await sleep(50)
  }
  return {
    host,
    async stop() {
      server.kill()
      await ended
    },
  }
}

async function answers(host: string): Promise<boolean> {
  return fetch(`http://${host}/v2/`).then(
    ({ status }) => status < 500,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
