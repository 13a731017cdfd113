import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageName } from '../../src/reference/image-name.ts'
import { formatReference, parseReference } from '../../src/reference/parse-reference.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const full = (text: string) => {
  const reference = parseReference(text)
  return reference && formatReference(reference)
}

describe('references', () => {
  it.each([
    ['debian', 'docker.io/library/debian:latest'],
    ['ubuntu:22.04', 'docker.io/library/ubuntu:22.04'],
    ['a/b', 'docker.io/a/b:latest'],
    ['docker.io/debian', 'docker.io/library/debian:latest'],
    ['index.docker.io/debian:x', 'docker.io/library/debian:x'],
    ['docker.io/library/debian:bookworm', 'docker.io/library/debian:bookworm'],
    ['ghcr.io/a/b', 'ghcr.io/a/b:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x', 'localhost:5000/x:latest'],
    [`localhost:5000/x@${digest}`, `localhost:5000/x@${digest}`],
    [`localhost:5000/x:t@${digest}`, `localhost:5000/x:t@${digest}`],
    ['[::1]:5000/x:t', '[::1]:5000/x:t'],
    ['127.0.0.1:5000/a/b/c-d__e.f', '127.0.0.1:5000/a/b/c-d__e.f:latest'],
    ['HOST/x', 'HOST/x:latest'],
    ['host:5000', 'docker.io/library/host:5000'],
  ])('reads %s as Docker does', (text, expected) => expect(full(text)).toBe(expected))

  it.each([
    '',
    '/abs/path',
    './here',
    'a//b',
    'a/',
    'A',
    'a:',
    'a:-x',
    'a@',
    'a@sha256:00',
    `a@sha512:${'0'.repeat(128)}`,
    'a b',
    'https://ghcr.io/a',
    'host:99999/x',
    'a___b',
    'a/../b',
    '0123456789abcdef'.repeat(4),
    `x/${'a'.repeat(255)}`,
  ])('takes "%s" for no reference', (text) => expect(parseReference(text)).toBeUndefined())

  it('reads again what it wrote, and never fails', () => {
    const word = fc.stringMatching(/^[a-z0-9]+([._-][a-z0-9]+)*$/, { maxLength: 12 }).filter((text) => text.length < 30)
    const reference = fc
      .tuple(
        fc.constantFrom('', 'docker.io/', 'ghcr.io/', 'localhost:5000/', 'LAN/'),
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/)),
        fc.option(fc.constant(digest)),
      )
      .map(([host, parts, tag, at]) => `${host}${parts.join('/')}${tag ? `:${tag}` : ''}${at ? `@${at}` : ''}`)
    fc.assert(
      fc.property(fc.oneof(reference, fc.string(), fc.stringMatching(/^[a-z0-9:/@.-]*$/)), (text) => {
        const once = full(text)
        if (once !== undefined) expect(full(once)).toBe(once)
      }),
    )
  })
})

describe('names of images', () => {
  it.each([
    ['library/debian', 'bookworm', 'debian-bookworm'],
    ['a/b_c', 'latest', 'b-c'],
    ['x', digest, 'x-0123456789ab'],
    ['library/ubuntu', '22.04', 'ubuntu-22.04'],
  ])('%s %s gives %s', (repository, version, expected) => expect(imageName(repository, version)).toBe(expected))

  it('are always valid', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => /^[a-z0-9][a-z0-9._-]{0,62}$/.test(imageName(a, b))))
  })
})
