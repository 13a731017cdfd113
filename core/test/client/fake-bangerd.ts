/** A stand-in for bangerd, run as a program: `FAKE_BANGERD` says what it does. */
import { linkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolvePaths } from '../../src/store/paths.ts'

const { socket, state } = resolvePaths(process.env)
const kind = process.env.FAKE_BANGERD ?? 'serve'

if (kind === 'fail') {
  say({ level: 'error', error: { code: 'store.newer', message: 'The state is too new.', hint: 'Upgrade banger.' }, msg: 'no' })
  process.exit(1)
}
if (kind === 'crash') throw new Error('out of luck')
if (kind === 'hang') setTimeout(() => {}, 2000)
if (kind === 'serve') serve()

function serve(): void {
  // The loser of a race says so and ends, while the winner is still starting.
  try {
    writeFileSync(`${state}/lock.${process.pid}`, '')
    linkSync(`${state}/lock.${process.pid}`, `${state}/lock`)
  } catch {
    say({ error: { code: 'daemon.already-running', message: 'Another one serves.' } })
    process.exit(1)
  }
  const server = createServer((request, response) => {
    response.setHeader('banger-version', process.env.FAKE_VERSION ?? '0.1.0')
    response.end(JSON.stringify(request.url === '/v1/info' ? { pid: process.pid, version: '0.1.0' } : []))
    if (request.url === '/v1/daemon/stop') response.once('finish', () => process.exit(0))
  })
  setTimeout(() => server.listen(socket), 300)
}

function say(entry: object): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`)
}
