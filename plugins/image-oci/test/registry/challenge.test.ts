import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseChallenges } from '../../src/registry/challenge.ts'

it('reads what registries ask for', () => {
  expect(
    parseChallenges('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'),
  ).toEqual([
    {
      scheme: 'bearer',
      parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
    },
  ])
  expect(parseChallenges('Basic realm="a \\"quoted\\" one", Bearer realm=plain')).toEqual([
    { scheme: 'basic', parameters: { realm: 'a "quoted" one' } },
    { scheme: 'bearer', parameters: { realm: 'plain' } },
  ])
})

it('reads anything without failing or hanging', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z=", \\]*$/)), (text) => void parseChallenges(text)))
})
