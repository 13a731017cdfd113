import { runningPlugin } from './running-plugin.ts'

/** Keeps plugins from ending the daemon's process: for their code process.exit throws. */
export function refuseExit(): void {
  const exit = process.exit.bind(process)
  process.exit = (code) => {
    if (runningPlugin()) throw new Error('it called process.exit, which would end the daemon')
    return exit(code)
  }
}
