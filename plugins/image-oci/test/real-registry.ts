import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RealRegistry {
  /** `127.0.0.1:<port>` */
  host: string
  /** The same server by a name that is not of loopback, and therefore not trusted: `0.0.0.0:<port>`. */
  stranger: string
  stop(): Promise<void>
}

/** The programs of these tests that are missing, '' when all are here. */
export function missingTools(): string {
  const tools = ['docker-registry', 'skopeo', 'umoci', 'htpasswd', 'openssl']
  return tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0).join(', ')
}

interface RegistryOptions {
  /** Whom it wants basic authentication of. */
  user?: { name: string; password: string }
  /** Whether it speaks TLS, with a certificate that nobody knows. */
  tls?: boolean
}

/** Debian's registry server on loopback. */
export async function startRegistry(folder: string, { user, tls }: RegistryOptions = {}): Promise<RealRegistry> {
  mkdirSync(join(folder, 'data'), { recursive: true })
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const lines = [
    'version: 0.1',
    'log: {level: error}',
    `storage: {filesystem: {rootdirectory: ${join(folder, 'data')}}}`,
    `http: {addr: "${host}"${tls ? `, tls: ${certificate(folder)}` : ''}}`,
  ]
  if (user) {
    writeFileSync(join(folder, 'htpasswd'), execFileSync('htpasswd', ['-Bbn', user.name, user.password]))
    lines.push(`auth: {htpasswd: {realm: test, path: ${join(folder, 'htpasswd')}}}`)
  }
  writeFileSync(join(folder, 'config.yml'), `${lines.join('\n')}\n`)
  const server = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200 || server.exitCode !== null) throw new Error('docker-registry does not come up')
    await sleep(50)
  }
  return {
    host,
    stranger: `0.0.0.0:${port}`,
    async stop() {
      server.kill()
      await ended
    },
  }
}

/** As docker-registry's configuration wants it. */
function certificate(folder: string): string {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=registry.test']
  execFileSync('openssl', ['req', '-x509', ...kind, '-days', '2', '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return `{certificate: ${cert}, key: ${key}}`
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
