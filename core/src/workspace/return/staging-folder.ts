import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkout } from '../checkout/find-checkout.ts'

/** A folder for files that are not whole yet, from where a rename takes them into a checkout; not made. */
export async function stagingFolder({ top, gitDir }: Checkout): Promise<string> {
  const [here, there] = await Promise.all([stat(top), stat(gitDir)])
  return here.dev === there.dev ? join(gitDir, 'banger-pull') : join(top, '.banger-pull')
}
