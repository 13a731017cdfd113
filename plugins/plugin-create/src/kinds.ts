/** What may be begun, each a folder of `templates`, in words. */
export const kinds: Record<string, string> = {
  'image-source': 'an image source',
  'kernel-source': 'a kernel source',
  'provisioner': 'which adds to every VM that starts',
  'distro': 'a distro',
  'command': 'a command',
}
