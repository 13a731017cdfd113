import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanUrl } from '../../../src/workspace/checkout/clean-url.ts'

describe('a remote address', () => {
  it('loses what lets one in', () => {
    expect(cleanUrl('https://ann:secret@example.org/a.git')).toBe('https://example.org/a.git')
    expect(cleanUrl('https://secret@example.org:8443/a.git?token=secret#secret')).toBe('https://example.org:8443/a.git')
    expect(cleanUrl('HTTP://a:b@c@example.org')).toBe('HTTP://example.org')
    expect(cleanUrl('ssh://git:secret@example.org:22/a')).toBe('ssh://git@example.org:22/a')
  })

  it('stays as it is otherwise', () => {
    for (const url of [
      'git@example.org:a/b.git',
      '../library',
      '/srv/git/a.git',
      'file:///srv/a',
      'git://example.org/a',
      'https://example.org/a@b',
    ])
      expect(cleanUrl(url)).toBe(url)
  })

  it('is none where it runs a program', () => {
    for (const url of ['ext::sh -c x', 'fd::3', 'hg::https://a', 'unknown://a']) expect(cleanUrl(url)).toBeUndefined()
  })

  it('never keeps a password, whatever it is', () => {
    const part = fc.stringMatching(/^[a-z0-9%._~-]{1,10}$/)
    fc.assert(
      fc.property(fc.constantFrom('https', 'http', 'ssh', 'git'), part, part, (scheme, user, host) => {
        expect(cleanUrl(`${scheme}://${user}:SECRET@${host}/x`)).not.toContain('SECRET')
      }),
    )
  })
})
