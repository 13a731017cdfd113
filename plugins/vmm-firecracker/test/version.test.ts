import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { featuresOf, isStandIn, isSupported, jailsAnyName, readVersion } from '../src/version.ts'

describe('the version of Firecracker', () => {
  test('is read from what it prints', () => {
    expect(readVersion('Firecracker v1.13.1\n\n')).toBe('1.13.1')
    expect(readVersion('Firecracker v1.17.0-dev\n')).toBe('1.17.0-dev')
    expect(readVersion('Firecracker v1.7.0\n\nSupported snapshot data format versions: v1.0.0\n')).toBe('1.7.0')
  })

  test('is unknown where it prints something else', () => {
    expect(readVersion('')).toBeUndefined()
    expect(readVersion('Jailer v1.13.1')).toBeUndefined()
    expect(readVersion('Firecracker vNext')).toBeUndefined()
    fc.assert(fc.property(fc.string(), (text) => void readVersion(text)))
  })

  test.each([
    ['1.7.0', false],
    ['1.8.0', true],
    ['1.17.0-dev', true],
    ['1.99.3', true],
    ['2.0.0', false],
    ['2.0.0-dev', false],
  ])('%s is supported: %s', (version, supported) => {
    expect(isSupported(version)).toBe(supported)
  })

  test.each([
    ['1.15.2', ['pause']],
    ['1.16.0', []],
    ['1.16.1', []],
    ['1.17.0', ['pause']],
  ])('%s can %j', (version, features) => {
    expect([...featuresOf(version)]).toEqual(features)
  })

  test('decides what names the jailer takes', () => {
    expect([jailsAnyName('1.12.1'), jailsAnyName('1.13.0')]).toEqual([false, true])
  })

  test('marks the stand-in of the tests, and nothing else', () => {
    expect(isStandIn('1.17.0-stand-in')).toBe(true)
    expect([isStandIn('1.17.0'), isStandIn('1.17.0-dev'), isStandIn('1.17.0+stand-in')]).toEqual([false, false, false])
  })
})
