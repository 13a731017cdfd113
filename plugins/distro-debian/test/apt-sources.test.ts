import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AptSource, formatDeb822, parseDeb822, parseList } from '../src/apt-sources.ts'
import { guestSources } from '../src/guest-sources.ts'

const sourcesFile = `
# comment
Types: deb deb-src
URIs: mirror+file:/etc/mirrors
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
Enabled: no
URIs: http://off.example
Suites: bookworm
Components: main

Types: deb-src
URIs: http://source.example
Suites: bookworm
Components: main
`

describe("apt's sources", () => {
  test('are read from deb822 files: continued values, and nothing that is off or for sources alone', () => {
    expect(parseDeb822(sourcesFile)).toEqual([
      {
        uris: ['mirror+file:/etc/mirrors'],
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main', 'contrib'],
        options: new Map([['Signed-By', '/usr/share/keyrings/debian-archive-keyring.gpg']]),
      },
      {
        uris: ['http://mirror.example/debian-security'],
        suites: ['bookworm-security'],
        components: ['main'],
        options: new Map([['Signed-By', '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc']]),
      },
    ])
  })

  test('are read from one-line files, with the options that matter to a guest', () => {
    const text = [
      'deb [arch=amd64 signed-by=/etc/apt/keyrings/k.gpg trusted=yes] http://mirror.example/debian bookworm main contrib # why',
      '# deb http://off.example bookworm main',
      'deb-src http://source.example bookworm main',
      'deb http://flat.example ./',
    ].join('\n')
    expect(parseList(text)).toMatchObject([
      {
        uris: ['http://mirror.example/debian'],
        suites: ['bookworm'],
        components: ['main', 'contrib'],
        options: new Map([
          ['Signed-By', '/etc/apt/keyrings/k.gpg'],
          ['Trusted', 'yes'],
        ]),
      },
      { uris: ['http://flat.example'], suites: ['./'], components: [] },
    ])
  })

  test('come back as they were written', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9/:.-]{0,20}$/)
    const words = fc.array(word, { minLength: 1, maxLength: 3 })
    const options = fc.option(word, { nil: undefined }).map((keyring) => new Map(keyring ? [['Signed-By', keyring]] : []))
    const source: fc.Arbitrary<AptSource> = fc.record({ uris: words, suites: words, components: words, options })
    fc.assert(
      fc.property(fc.array(source), (sources) => {
        expect(parseDeb822(formatDeb822(sources))).toEqual(sources)
      }),
    )
  })
})

describe("a guest's sources", () => {
  const host = parseDeb822(sourcesFile)

  test("are the host's for the host's release", () => {
    expect(guestSources(host, 'bookworm', 'bookworm')).toEqual({ stanzas: formatDeb822(host), keyrings: [] })
  })

  test('name another release at the same mirrors', () => {
    const text = guestSources(host, 'trixie', 'bookworm')?.stanzas
    expect(text).toContain('Suites: trixie trixie-updates\n')
    expect(text).toContain('Suites: trixie-security\n')
  })

  test('are the archive alone for the development release', () => {
    const text = guestSources(host, 'sid', 'bookworm')?.stanzas
    expect(text).toContain('Suites: sid\n')
    expect(text).not.toContain('-security\n')
  })

  test('leave out what is of others: backports, third parties, flat archives', () => {
    const others = parseList(
      ['bookworm main', 'bookworm-backports main', 'nodistro main', './']
        .map((rest) => `deb http://x.example ${rest}`)
        .join('\n'),
    )
    expect(guestSources(others, 'bookworm', 'bookworm')?.stanzas).toBe(formatDeb822(others.slice(0, 1)))
  })

  test("name keyrings that the guest's packages do not bring", () => {
    const keyed = parseList('deb [signed-by=/etc/apt/keyrings/company.gpg] http://mirror.example/debian bookworm main')
    expect(guestSources(keyed, 'bookworm', 'bookworm')?.keyrings).toEqual(['/etc/apt/keyrings/company.gpg'])
  })

  test('are left to mmdebstrap on a host that is no Debian, or has no mirror of it', () => {
    expect(guestSources(host, 'bookworm', undefined)).toBeUndefined()
    expect(guestSources(parseList('deb http://x.example noble main'), 'bookworm', 'bookworm')).toBeUndefined()
  })
})
