import { isError } from '../../errors.ts'

/** Milliseconds that a session's agent keeps the place of a client whose connection broke, and that the client tries to come back. */
export const patience = 60_000

/** Milliseconds between two attempts. */
export const retryEvery = 100

const passing = ['daemon.lost', 'daemon.not-running', 'daemon.start-failed', 'guest.unreachable']

/** Whether it may be because the daemon, or its connection to the guest, has just gone and comes back. */
export function mayPass(error: unknown): boolean {
  return isError(error) && passing.includes(error.code)
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
