/**
 * For tests of recovery: `BANGER_CRASH_AT=vm.create/overlay:before` kills the daemon at that point as the kernel would, so that
 * nothing gets to clean up.
 */
export function crashPoint(step: string, when: 'before' | 'after'): void {
  if (process.env.BANGER_CRASH_AT === `${step}:${when}`) process.kill(process.pid, 'SIGKILL')
}
