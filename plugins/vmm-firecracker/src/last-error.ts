/**
 * The last error in Firecracker's log, whose lines are `<time> [<id>:<thread>:<level>] <message>`, without what it says at every end.
 * @param output what came from its process beside the log, and from the guest; where there is no log, nothing is the guest's
 */
export function lastError(log: string, output = ''): string | undefined {
  const logged = [...log.matchAll(/^\S+ \[[^\]]*:ERROR\] (.*)$/gm)].map(([, message]) => message ?? '')
  const said = logged.findLast((message) => message !== '' && !/^Firecracker exiting with error/.test(message))
  if (said) return said
  const lines = output.split('\n').map((line) => line.trim())
  return lines.findLast((line) => (log === '' ? line !== '' : /^Error: |panicked at /.test(line)))
}
