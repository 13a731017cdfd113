import { execFileSync } from 'node:child_process'
import { expect } from 'vitest'
import { contents, gitEnvironment, type Repository } from './repository.ts'

const status = ['status', '--porcelain=v2', '--branch', '-z']

/**
 * A guest's repository must be the same to git as a checkout, and have the same files.
 * @param inner paths of repositories within, which are looked at by themselves
 */
export function expectSame(repository: Repository, dir: string, repo: string, inner: string[] = []): void {
  const there = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repo,
      env: gitEnvironment('/nonexistent'),
      encoding: 'latin1',
      stdio: 'pipe',
      maxBuffer: 2 ** 30,
    })
  const here = (...args: string[]) => repository.gitIn(dir, ...args)
  expect(there(...status)).toBe(here(...status))
  const skip = (path: string) => path === '.git' || inner.includes(path)
  const files = new Set(here('ls-files', '--cached', '--others', '--exclude-standard', '-z').split('\0').slice(0, -1))
  const wanted = Object.entries(contents(dir, skip)).filter(([path]) => files.has(path))
  expect(contents(repo, skip)).toEqual(Object.fromEntries(wanted))
  for (const args of [
    ['diff', '--full-index'],
    ['diff', '--full-index', '--cached'],
    ['ls-files', '-v', '--stage', '-z'],
    ...(here('rev-list', '--all') ? [['log', '--format=fuller', '--decorate=no']] : []),
  ])
    expect(there(...args)).toBe(here(...args))
  there('fsck', '--strict', '--no-progress')
  expect(there(...status)).toBe(here(...status))
}
