/** A login shell in a guest: bash where it has one. */
export const loginShell = ['/bin/sh', '-c', 'exec "$(command -v bash || echo sh)" -l']
