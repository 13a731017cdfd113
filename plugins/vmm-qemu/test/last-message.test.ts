import { expect, test } from 'vitest'
import { lastMessage } from '../src/last-message.ts'

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
