import assert from 'node:assert/strict'
import { normalize } from 'node:path'
import type { FirstBootStep, GuestCommand, GuestFile, GuestService } from '@banger/core'

/** Commands that run in a guest without a shell: a program and arguments, all text. */
export function assertCommands(commands: GuestCommand[], what: string): void {
  assert.ok(commands.length > 0, `${what} gives no command`)
  for (const { argv, env = {} } of commands) {
    assert.ok(argv[0], `a command of ${what} names no program`)
    for (const text of [...argv, ...Object.values(env)]) {
      assert.equal(typeof text, 'string', `a command of ${what} has ${String(text)}, which is no text`)
      assert.ok(!text.includes('\0'), `a command of ${what} has a zero byte`)
    }
  }
}

/** Files to write in a guest, each once. @param owner who must be named as their owner */
export function assertFiles(files: GuestFile[], owner?: string): void {
  for (const { path, content, mode, ...file } of files) {
    assert.ok(path.startsWith('/') && normalize(path) === path, `"${path}" is no absolute path`)
    assert.equal(Buffer.from(content, 'base64').toString('base64'), content, `the content of ${path} is no base64`)
    assert.ok(Number.isInteger(mode) && mode > 0 && mode <= 0o7777, `the mode of ${path} is ${mode}`)
    if (owner !== undefined)
      assert.equal(
        file.owner,
        owner,
        `${path} would stay in the guest for good: its owner is ${file.owner ?? 'nobody'}, not ${owner}`,
      )
  }
  const paths = files.map(({ path }) => path)
  assert.equal(new Set(paths).size, paths.length, `a file is given twice: ${paths.join(', ')}`)
}

export function assertServices(services: GuestService[], steps: FirstBootStep[]): void {
  for (const { name, argv, restart, after } of services) {
    assert.match(name, /^[\w.@-]+$/, `"${name}" is no name for a service`)
    assertCommands([{ argv }], `the service ${name}`)
    assert.ok(['always', 'on-failure', 'no'].includes(restart), `the service ${name} restarts "${restart}"`)
    const known = after === undefined || steps.some((step) => step.name === after)
    assert.ok(known, `the service ${name} waits for the step ${after}, which is not there`)
  }
  const names = services.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length, `a service is given twice: ${names.join(', ')}`)
}

export function assertSteps(steps: FirstBootStep[]): void {
  for (const { name, commands, creates, impossible } of steps) {
    assert.ok(name, 'a first-boot step has no name')
    if (impossible === undefined) assertCommands(commands, `the first-boot step ${name}`)
    assert.ok(creates === undefined || creates.startsWith('/'), `what the step ${name} creates is no absolute path: ${creates}`)
  }
  const names = steps.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length, `a first-boot step is given twice: ${names.join(', ')}`)
}
