import type { Progress } from '@banger/core'

/** mmdebstrap's own lines, and what they mean to a person. */
const steps: [line: string, id: string, message: (suite: string) => string][] = [
  ['I: running apt-get update', 'update', (suite) => `Reading the package lists of ${suite}`],
  ['I: downloading packages', 'download', () => 'Downloading packages'],
  ['I: extracting archives', 'extract', () => 'Unpacking the base system'],
  ['I: installing essential packages', 'essential', () => 'Configuring the base system'],
  ['I: installing remaining packages', 'install', () => 'Installing packages'],
  ['I: cleaning package lists', 'clean', () => 'Cleaning up'],
]

/** Turns the lines into steps: each ends when the next begins. */
export function stepsOf(suite: string, progress: Progress): { line(text: string): void; end(state: 'done' | 'failed'): void } {
  let open: { id: string; message: string } | undefined
  const end = (state: 'done' | 'failed') => {
    if (open) progress({ ...open, state })
    open = undefined
  }
  return {
    end,
    line(text) {
      if (text.startsWith('I: creating tarball')) return end('done')
      const step = steps.find(([line]) => text.startsWith(line))
      if (!step) return
      end('done')
      open = { id: `debian:${step[1]}`, message: step[2](suite) }
      progress({ ...open, state: 'running' })
    },
  }
}
