import { BangerError, fail, isError } from '../../errors.ts'
import type { StepState } from '../../guest/messages.ts'
import type { Progress } from '../../hooks/progress.ts'
import { sshdStep } from '../../protocol/sshd-step.ts'
import type { DaemonClient } from '../daemon-client.ts'

export interface SshdPatience {
  progress: Progress
  signal: AbortSignal
  /** Milliseconds to wait for an sshd that is installed. One that is being installed is waited for however long that takes. */
  patience?: number
}

const retryEvery = 500

/**
 * Tries until sshd answers, as long as there is hope: a new VM may still start it, or install it.
 * @param attempt one try to reach sshd
 * @throws ssh.failed with the reason, aborted, and what the daemon reports
 */
export async function untilSshdAnswers<T>(
  client: DaemonClient,
  vm: string,
  { progress, signal, patience = 60_000 }: SshdPatience,
  attempt: () => Promise<T>,
): Promise<T> {
  let deadline = Date.now() + patience
  for (let waited = false; ; waited = true) {
    if (signal.aborted) throw fail('aborted', { what: `Connecting to "${vm}"` })
    try {
      const reached = await attempt()
      if (waited) progress({ id: 'ssh', message: `sshd in "${vm}" answers`, state: 'done' })
      return reached
    } catch (error) {
      if (signal.aborted) continue
      if (!mayPass(error)) throw error instanceof BangerError ? error : sshFailed(vm, error)
      const step = await installation(client, vm)
      if (step?.state === 'failed') throw notInstalled(vm, step)
      const installing = step?.state === 'pending' || step?.state === 'running'
      if (installing) deadline = Date.now() + patience
      else if (Date.now() > deadline) throw noAnswer(vm, error)
      progress({ id: 'ssh', message: installing ? installingMessage(vm) : `Waiting for sshd in "${vm}"`, state: 'running' })
    }
    await new Promise((resolve) => setTimeout(resolve, retryEvery))
  }
}

/** Whether it may be because sshd is not up yet. A wrong key never passes. */
function mayPass(error: unknown): boolean {
  if (isError(error) && error.code.startsWith('guest.')) return true
  if (!(error instanceof Error) || !('level' in error)) return false
  return error.level === 'client-socket' || error.level === 'client-timeout' || error.level === 'protocol'
}

/** Undefined also where the guest does not say. */
async function installation(client: DaemonClient, vm: string): Promise<StepState | undefined> {
  const health = await client.health(vm).catch(() => undefined)
  return health?.firstBoot.find(({ name }) => name === sshdStep)
}

function installingMessage(vm: string): string {
  return `Waiting for sshd, which "${vm}" installs at its first boot (banger vm logs ${vm} --step ${sshdStep} --follow)`
}

function notInstalled(vm: string, { detail = '', log }: StepState): BangerError {
  const shell = `A shell without SSH: banger vm exec ${vm} -- sh`
  if (!log) return fail('ssh.failed', { name: vm, reason: detail, advice: shell })
  const reason = `sshd could not be installed: ${detail.split('\n').at(-1)}`
  const advice = `All of it: banger vm logs ${vm} --step ${sshdStep}. It is tried again when the VM starts. ${shell}`
  return fail('ssh.failed', { name: vm, reason, advice })
}

function sshFailed(vm: string, error: unknown): BangerError {
  const reason = error instanceof Error ? error.message : String(error)
  return fail('ssh.failed', { name: vm, reason, advice: `A shell without SSH: banger vm exec ${vm} -- sh` }, error)
}

function noAnswer(vm: string, error: unknown): BangerError {
  const advice = `See what the guest says of it: banger vm show ${vm}. A shell without SSH: banger vm exec ${vm} -- sh`
  return fail('ssh.failed', { name: vm, reason: 'sshd does not answer.', advice }, error)
}
