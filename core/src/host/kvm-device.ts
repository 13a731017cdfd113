import { open, stat } from 'node:fs/promises'

/** Whether /dev/kvm can be used, or why not and what to do about it. */
export type KvmDevice = { usable: true } | { usable: false; reason: string; advice: string }

/** Whether this user can open /dev/kvm, which says little of whether guests run. The advice begins in lower case. */
export async function openKvmDevice(): Promise<KvmDevice> {
  try {
    await (await open('/dev/kvm', 'r+')).close()
    return { usable: true }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      const advice = 'turn on virtualisation in the firmware setup and load the module kvm_intel or kvm_amd.'
      return { usable: false, reason: 'no KVM', advice }
    }
    if (code === 'EACCES' || code === 'EPERM')
      return { usable: false, reason: 'no permission to use /dev/kvm', advice: await permissionAdvice() }
    return { usable: false, reason: `/dev/kvm cannot be opened: ${message}`, advice: 'load the module kvm_intel or kvm_amd.' }
  }
}

async function permissionAdvice(): Promise<string> {
  const kvm = await stat('/dev/kvm').catch(() => undefined)
  const groupMayUse = kvm !== undefined && kvm.gid !== 0 && (kvm.mode & 0o060) === 0o060
  return groupMayUse
    ? 'add yourself to the group kvm and log in again: sudo usermod -aG kvm "$USER"'
    : 'let the group kvm use it and join: sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm && sudo usermod -aG kvm "$USER"'
}
