import type { ProgressEvent } from '@banger/core'
import { expect, test } from 'vitest'
import { mmdebstrapArgs } from '../src/mmdebstrap-args.ts'
import { stepsOf } from '../src/progress.ts'
import { parseReference } from '../src/reference.ts'

test("a full image has an init and a way in, and takes the host's sources from stdin", () => {
  const args = mmdebstrapArgs({ suite: 'bookworm', variant: 'full', mode: 'root', sources: { stanzas: 'x', keyrings: [] } })
  expect(args).toContain('--mode=root')
  expect(args.find((arg) => arg.startsWith('--include='))).toMatch(/systemd-sysv,openssh-server/)
  expect(args.slice(-3)).toEqual(['bookworm', '-', '-'])
})

test("a minimal one has neither, and without sources mmdebstrap's own default is left alone", () => {
  const args = mmdebstrapArgs({ suite: 'sid', variant: 'minimal', mode: 'unshare', sources: undefined })
  expect(args.some((arg) => arg.startsWith('--include='))).toBe(false)
  expect(args.slice(-2)).toEqual(['sid', '-'])
})

test('keyrings are taken along, whatever their names', () => {
  const sources = { stanzas: '', keyrings: ["/etc/apt/key rings/it's.gpg"] }
  const args = mmdebstrapArgs({ suite: 'sid', variant: 'minimal', mode: 'root', sources })
  expect(args).toContain(
    `--essential-hook=install -D -m 644 '/etc/apt/key rings/it'\\''s.gpg' "$1"'/etc/apt/key rings/it'\\''s.gpg'`,
  )
})

test("mmdebstrap's lines become steps, each done when the next begins", () => {
  const events: ProgressEvent[] = []
  const steps = stepsOf('sid', (event) => events.push(event))
  for (const line of [
    'I: using /tmp/x as tempdir',
    'I: running apt-get update...',
    'I: downloading packages with apt...',
    'W: odd',
  ])
    steps.line(line)
  steps.end('failed')
  expect(events.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'debian:update running',
    'debian:update done',
    'debian:download running',
    'debian:download failed',
  ])
})

test('references are suites that exist, with or without /minimal', () => {
  expect(parseReference('bookworm')).toEqual({ suite: 'bookworm', variant: 'full' })
  expect(parseReference('stable/minimal')).toEqual({ suite: 'stable', variant: 'minimal' })
  expect(parseReference('company', ['company'])).toEqual({ suite: 'company', variant: 'full' })
  for (const other of ['alpine', 'bookworm/huge', '--help', '', 'Bookworm']) expect(parseReference(other)).toBeUndefined()
})
