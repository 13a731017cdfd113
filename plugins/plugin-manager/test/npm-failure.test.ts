import { describe, expect, it } from 'vitest'
import { npmFailure } from '../src/npm/npm-failure.ts'

const failure = (code: unknown, summary = '', detail = '') => npmFailure('x@1', { error: { code, summary, detail } }, '')

describe("npm's failures", () => {
  it('become errors of the catalogue', () => {
    expect(failure('E404').code).toBe('plugin.not-found')
    expect(failure('ETARGET').code).toBe('plugin.no-version')
    for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'E503', 'E401', 'E403'])
      expect([code, failure(code).code]).toEqual([code, 'plugin.unreachable'])
    for (const code of ['TAR_BAD_ARCHIVE', 'Z_DATA_ERROR', 'EINTEGRITY', 'EJSONPARSE', 'ENOENT'])
      expect([code, failure(code).code]).toEqual([code, 'plugin.unreadable'])
    expect(failure('ENOENT', 'spawn git ENOENT').code).toBe('tool.missing')
    expect(failure(128, 'An unknown git error occurred', "git ls-remote\nfatal: 'x' is no repository").message).toContain(
      "'x' is no repository.",
    )
  })

  it("keep npm's own words where banger has none", () => {
    expect(failure('EWEIRD', 'something odd').message).toBe('npm failed with the plugin x@1: something odd.')
    expect(npmFailure('x', undefined, 'line one\nnpm error: no JSON at all').message).toContain('no JSON at all')
    expect(npmFailure('x', undefined, '').message).toContain('it did not say why')
  })
})
