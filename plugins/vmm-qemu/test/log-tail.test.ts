import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastMessage, readTail } from '../src/log-tail.ts'

test('a log is read from where this start began, and its end at most', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'banger-log-'))
  const path = join(dir, 'console.log')
  await writeFile(path, 'first boot\nsecond boot\n')
  expect(await readTail(path)).toBe('first boot\nsecond boot\n')
  expect(await readTail(path, { from: 11 })).toBe('second boot\n')
  expect(await readTail(path, { limit: 5 })).toBe('boot\n')
  expect(await readTail(path, { from: 400 })).toBe('')
  expect(await readTail(join(dir, 'absent'))).toBe('')
  await rm(dir, { recursive: true })
})

test("QEMU's last message is what it complained of, without its own name and without warnings", () => {
  const log = [
    'qemu-system-x86_64: -accel kvm: failed to initialize kvm: Permission denied',
    "qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]",
    'qemu-system-x86_64: terminating on signal 15 from pid 24081 (timeout)',
    '',
  ]
  expect(lastMessage(log.join('\n'))).toBe('-accel kvm: failed to initialize kvm: Permission denied')
  expect(lastMessage(log.slice(1).join('\n'))).toBeUndefined()
  expect(lastMessage('Assertion failed\n')).toBe('Assertion failed')
})

test("QEMU's last message has the hint that follows it", () => {
  const log =
    'qemu-system-x86_64: -blockdev x: Failed to get "write" lock\nIs another process using the image [/vms/overlay.ext4]?\n'
  expect(lastMessage(log)).toBe('-blockdev x: Failed to get "write" lock Is another process using the image [/vms/overlay.ext4]?')
})
