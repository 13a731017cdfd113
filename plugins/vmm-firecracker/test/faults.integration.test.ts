import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MachineSpec } from '@banger/core'
import { testHost } from '@banger/plugin-testkit'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bootCalls } from '../src/api/boot-calls.ts'
import { nameOf } from '../src/api/call.ts'
import type { Patience } from '../src/boot.ts'
import { createFirecrackerDriver } from '../src/driver.ts'
import { findFirecracker } from '../src/find-processes.ts'
import { sampleSettings, sampleSpec } from './sample-spec.ts'

const host = testHost()
afterAll(() => host.remove())
const patient: Patience = { socket: 30_000, answer: 30_000 }
const calls = bootCalls(sampleSpec(), sampleSettings(), (path) => path).map(nameOf)

describe('a Firecracker that', () => {
  let dir: string
  let spec: MachineSpec
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'banger-faults-'))
    spec = sampleSpec({ dir, consoleLog: join(dir, 'console.log') })
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  /** Starts a machine in a Firecracker with that fault. @returns the error; nothing else may be left */
  async function failure(fault: string, call: number, patience: Patience): Promise<unknown> {
    const firecracker = join(dir, 'firecracker')
    const fixture = join(import.meta.dirname, 'fixtures/faulty-firecracker.ts')
    await writeFile(firecracker, `#!/bin/sh\nexec '${process.execPath}' '${fixture}' ${fault} ${call} "$@"\n`)
    await chmod(firecracker, 0o755)
    const driver = createFirecrackerDriver(host, sampleSettings({ firecracker }), patience)
    const error: unknown = await driver.start(spec, () => {}).catch((reason: unknown) => reason)
    expect(await findFirecracker(spec)).toEqual([])
    expect((await readdir(dir)).filter((name) => name.endsWith('.sock'))).toEqual([])
    return error
  }

  test('does not understand its arguments: its words, and what the status means', async () => {
    expect(await failure('no-start', 0, patient)).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringMatching(/did not understand its command line.*UnexpectedArgument/),
    })
  })

  test('never has a socket is not waited for for ever', async () => {
    expect(await failure('no-socket', 0, { ...patient, socket: 300 })).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringContaining("Firecracker's API socket did not appear within 0.3 s"),
    })
  })

  test.each(calls.map((name, index) => [name, index] as const))('dies at %s', async (_, index) => {
    expect(await failure('dies', index, patient)).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringMatching(/seccomp filter forbids: something broke$/),
      hint: expect.stringContaining('firecracker.log'),
    })
  })

  test('stalls is not waited for for ever, and the call is named', async () => {
    expect(await failure('stalls', 5, { ...patient, answer: 2000 })).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringContaining('no answer to PUT /network-interfaces/net within 2 s'),
    })
  })

  test('gives half an answer is not waited for for ever, and the call is named', async () => {
    expect(await failure('halves', 8, { ...patient, answer: 2000 })).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringContaining('no answer to PUT /actions within 2 s'),
    })
  })

  test('closes the connection without an answer', async () => {
    expect(await failure('closes', 1, patient)).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringMatching(/no answer to PUT \/boot-source: .*(hang up|RESET)/),
    })
  })

  test('refuses: the call, its words, and the setting to change', async () => {
    expect(await failure('refuses', 2, patient)).toMatchObject({
      code: 'vmm.refused',
      message: expect.stringContaining('refused PUT /drives/root for the VM "devbox": Balloon config error'),
      hint: expect.stringContaining('balloon_mib'),
    })
  })
})
