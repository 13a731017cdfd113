import type { ProvisionContext } from '@banger/core'

/** Has apt in the guest wait while banger installs packages in the background, where it would give up at once. */
export function awaitLock({ distro, guest }: ProvisionContext, { name, id }: { name: string; id: string }): void {
  if (distro?.id !== id || guest.firstBoot.every(({ commands }) => commands.length === 0)) return
  guest.files.push({
    path: '/etc/apt/apt.conf.d/90banger',
    content: Buffer.from('DPkg::Lock::Timeout "600";\n').toString('base64'),
    mode: 0o644,
    owner: name,
  })
}
