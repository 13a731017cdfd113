import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastError } from '../src/last-error.ts'

const line = (level: string, message: string): string => `2026-08-21T11:30:10.123456789 [banger-x:main:${level}] ${message}\n`

test('the last error is taken from the log, without the words of every end', () => {
  const log = [
    line('INFO', 'Running Firecracker v1.13.1'),
    line('ERROR', 'Received Error. Status code: 400 Bad Request.'),
    line('ERROR', 'RunWithApiError error: Failed to open the API socket at: api.sock'),
    line('ERROR', 'Firecracker exiting with error. exit_code=1'),
  ]
  expect(lastError(log.join(''))).toBe('RunWithApiError error: Failed to open the API socket at: api.sock')
  expect(lastError(line('INFO', 'all is well'))).toBeUndefined()
})

test('where there is no log, what its process wrote is taken, or its jailer', () => {
  expect(lastError('', 'Error: ParseArguments(UnexpectedArgument("--x"))\n')).toBe(
    'Error: ParseArguments(UnexpectedArgument("--x"))',
  )
  expect(lastError('', 'Failed to create cgroup\n\n')).toBe('Failed to create cgroup')
  expect(lastError('')).toBeUndefined()
})

test('where there is a log, a guest’s words are not taken for those of Firecracker', () => {
  const log = line('INFO', 'Running Firecracker v1.13.1')
  expect(lastError(log, 'login: \nhello\n')).toBeUndefined()
  expect(lastError(log, 'login: \nError: RunWithApi(MicroVMStoppedWithError(BadSyscall))\n')).toBe(
    'Error: RunWithApi(MicroVMStoppedWithError(BadSyscall))',
  )
})

test('it never fails on text of any kind', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (log, stderr) => void lastError(log, stderr)))
})
