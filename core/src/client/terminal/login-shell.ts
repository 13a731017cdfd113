/** A login shell in a guest: bash where it has one. The image's PATH may lead to neither. */
export const loginShell = ['/bin/sh', '-c', 'exec "$(command -v bash || echo /bin/sh)" -l']
