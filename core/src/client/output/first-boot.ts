import type { ServiceState, StepState } from '../../guest/messages.ts'

/**
 * First-boot steps for people. What has failed is said in full, with where to read on.
 * @param vm the VM's name
 */
export function formatSteps(vm: string, steps: readonly StepState[]): string {
  return steps.map((step) => [`${step.name}: ${step.state}${cause(step)}`, ...explanation(vm, step)].join('\n')).join('\n')
}

export function formatServices(services: readonly ServiceState[]): string {
  return services.map(({ name, state, pid, restarts }) => `${name}: ${state}${details(pid, restarts)}`).join('\n')
}

function cause({ state, command, exitCode }: StepState): string {
  if (state !== 'failed' || !command) return ''
  return ` (${command.join(' ')}${exitCode === undefined ? '' : `: status ${exitCode}`})`
}

function explanation(vm: string, { name, state, detail, log }: StepState): string[] {
  if (state === 'pending' || state === 'done') return []
  const lines = detail ? detail.split('\n') : []
  if (log) lines.push(`log: ${log} (banger vm logs ${vm} --step ${name})`)
  if (log && state === 'failed') lines.push('it is tried again when the VM starts')
  return lines.map((line) => `  ${line}`)
}

function details(pid: number | undefined, restarts: number): string {
  const parts = [...(pid ? [`pid ${pid}`] : []), ...(restarts ? [`${restarts} restarts`] : [])]
  return parts.length > 0 ? ` (${parts.join(', ')})` : ''
}
