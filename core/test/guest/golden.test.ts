import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ErrorBody } from '../../src/errors.ts'
import type {
  ConfigureAnswer,
  ExecExit,
  ExecStart,
  FilesAnswer,
  FileStat,
  GuestStats,
  Health,
  ListeningPort,
} from '../../src/guest/messages.ts'
import type { GuestConfig } from '../../src/hooks/provision.ts'

/** A message in agent/testdata, which the agent's own tests read too. */
function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../agent/testdata/${name}.json`, import.meta.url), 'utf8'))
}

test('a configured guest tells its health', () => {
  const health: Health = {
    version: '0.1.0',
    phase: 'configured',
    kernel: '6.1.0-56-cloud-amd64',
    init: '/sbin/init',
    uptime: 1598,
    firstBoot: [
      { name: 'sshd', state: 'done', log: '/var/log/banger/first-boot-sshd.log' },
      {
        name: 'tools',
        state: 'failed',
        command: ['apt-get', 'install', 'nosuch'],
        exitCode: 100,
        detail: 'W: Failed to fetch\nE: Unable to locate package nosuch',
        log: '/var/log/banger/first-boot-tools.log',
      },
    ],
    services: [
      { name: 'opencode', state: 'running', pid: 310, restarts: 0 },
      { name: 'sshd', state: 'failed', restarts: 4 },
      { name: 'web', state: 'waiting', restarts: 0 },
    ],
  }
  expect(golden('health')).toEqual(health)
})

test('a guest that waits for its configuration has empty lists and no init', () => {
  const health: Health = {
    version: '0.1.0',
    phase: 'waiting',
    kernel: '6.1.0-56-cloud-amd64',
    init: '',
    uptime: 900,
    firstBoot: [],
    services: [],
  }
  expect(golden('health-waiting')).toEqual(health)
})

test('a configuration uses every field', () => {
  const config: GuestConfig = {
    hostname: 'testbox',
    interfaces: [
      { mac: '52:54:00:12:34:56', address: '10.0.2.15/24', gateway: '10.0.2.2', dns: ['10.0.2.3'], search: ['banger'] },
    ],
    hosts: [{ address: '10.0.2.2', names: ['host.banger'] }],
    authorizedKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample01 you@host'],
    sshHostKeys: [
      {
        type: 'ed25519',
        privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nZXhhbXBsZQ==\n-----END OPENSSH PRIVATE KEY-----\n',
        publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample02 testbox',
      },
    ],
    files: [
      { path: '/etc/motd', content: Buffer.from('welcome ✓\n').toString('base64'), mode: 0o644 },
      {
        path: '/root/.secret',
        content: '',
        mode: 0o600,
        uid: 1000,
        gid: 1000,
        folderMode: 0o700,
        owner: '@banger/plugin-auth-sync',
      },
    ],
    environment: { LANG: 'C.UTF-8' },
    workingDir: '/srv',
    services: [
      {
        name: 'opencode',
        argv: ['opencode', 'serve', '--port', '4096'],
        env: { HOME: '/root' },
        cwd: '/root',
        restart: 'always',
        after: 'sshd',
      },
    ],
    firstBoot: [
      {
        name: 'sshd',
        creates: '/usr/sbin/sshd',
        commands: [{ argv: ['apt-get', 'install', '-y', 'openssh-server'], env: { DEBIAN_FRONTEND: 'noninteractive' } }],
      },
      { name: 'tools', commands: [], impossible: 'The VM has no network.' },
    ],
    clock: 1764000000000,
    entropy: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
    machineId: '0123456789abcdef0123456789abcdef',
  }
  expect(golden('configure')).toEqual(config)
})

test('an answer to a configuration lists warnings', () => {
  const answer: ConfigureAnswer = { warnings: ['interfaces: no interface has the MAC address 52:54:00:12:34:56'] }
  expect(golden('configure-answer')).toEqual(answer)
})

test('an exec starts with pipes or with a terminal', () => {
  const pipes: ExecStart = {
    argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'],
    env: { FOO: 'bar' },
    cwd: '/srv',
    user: 'nobody',
    tty: false,
  }
  const terminal: ExecStart = { argv: ['bash'], tty: { rows: 24, cols: 80, term: 'xterm-256color' } }
  expect(golden('exec-start')).toEqual(pipes)
  expect(golden('exec-start-tty')).toEqual(terminal)
})

test('an exec ends with a status, a signal or an error', () => {
  const status: ExecExit = { code: 7 }
  const signal: ExecExit = { code: 137, signal: 'SIGKILL' }
  const error: ErrorBody = { code: 'guest.command-not-found', message: 'nosuch: no such command in the guest.' }
  expect(golden('exec-exit')).toEqual(status)
  expect(golden('exec-exit-signal')).toEqual(signal)
  expect(golden('error')).toEqual(error)
})

test('ports and numbers of the guest', () => {
  const ports: ListeningPort[] = [
    { protocol: 'tcp', address: '0.0.0.0', port: 22, pid: 222, process: 'sshd' },
    { protocol: 'udp', address: '::', port: 5353 },
  ]
  const stats: GuestStats = {
    uptime: 19189,
    load: [0.07, 0.02, 0],
    memory: { total: 481180, available: 431136 },
    cpu: { busy: 1735, total: 3317, count: 2 },
    disk: { total: 1992552, available: 1871188 },
    network: { received: 110, sent: 602 },
    connections: { inbound: 1, accepted: 7 },
  }
  expect(golden('ports')).toEqual(ports)
  expect(golden('stats')).toEqual(stats)
})

test('files, clock and shutdown', () => {
  const files: FilesAnswer = { entries: 3, bytes: 1234 }
  expect(golden('files-answer')).toEqual(files)
  const stat: FileStat = { type: 'file', size: 1234, mode: 0o644, path: '/usr/lib/os-release' }
  expect(golden('file-stat')).toEqual(stat)
  expect(golden('clock')).toEqual({ unixMillis: 1764000000000 })
  expect(golden('shutdown')).toEqual({ mode: 'poweroff' })
})
