/**
 * The last error in Firecracker's log, whose lines are `<time> [<id>:<thread>:<level>] <message>`, without what it says at every end;
 * else the last that it wrote to stderr before it had a log.
 */
export function lastError(log: string, stderr = ''): string | undefined {
  const logged = [...log.matchAll(/^\S+ \[[^\]]*:ERROR\] (.*)$/gm)].map(([, message]) => message ?? '')
  const said = logged.findLast((message) => message !== '' && !/^Firecracker exiting with error/.test(message))
  return said ?? /^.*(?:Error: |panicked at )(.*)$/m.exec(stderr)?.[0]?.trim()
}
