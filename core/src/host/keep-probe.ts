/**
 * Probes at the first call, and again when something that counts has changed since.
 * @param key tells what counts: programs, devices, rights
 */
export function keepProbe<T>(key: () => Promise<string>, probe: () => Promise<T>): () => Promise<T> {
  let kept: { key: string; result: Promise<T> } | undefined
  return async () => {
    const now = await key()
    if (kept?.key !== now) kept = { key: now, result: probe() }
    return kept.result
  }
}
