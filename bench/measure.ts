import type { BenchCase, BenchResult } from './case.ts'

/** Runs a case in pairs, ours and theirs by turns, so that whatever else the machine does hits both. The first pair warms up. */
export async function measure({ name, ours, theirs, unit = 'ms', runs }: BenchCase): Promise<BenchResult> {
  const taken = { ours: [] as number[], theirs: [] as number[] }
  for (let pair = 0; pair <= runs; pair++) {
    const [a, b] = [await time(ours), await time(theirs)]
    if (pair === 0 && runs > 2) continue
    taken.ours.push(a)
    taken.theirs.push(b)
  }
  const [a, b] = [median(taken.ours), median(taken.theirs)]
  return { name, ours: round(a), theirs: round(b), ratio: round(a / b), unit }
}

async function time(run: () => Promise<number | undefined>): Promise<number> {
  const started = performance.now()
  const measured = await run()
  return measured ?? performance.now() - started
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
