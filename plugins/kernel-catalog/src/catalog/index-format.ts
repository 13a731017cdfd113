import { z } from 'zod'

/** Bytes of a tarball at most. */
export const largestTarball = 2 * 1024 ** 3

const kernel = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, dots and hyphens'),
  version: z.string().min(1).max(128),
  arch: z.enum(['x64', 'arm64']),
  summary: z.string().max(200).default(''),
  /** Relative to the index. */
  url: z.string().min(1).max(2048),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  /** Bytes of the tarball. */
  size: z.int().positive().max(largestTarball),
  default: z.boolean().optional(),
})

const index = z.object({ format: z.literal(1), kernels: z.array(kernel).max(10_000) })

export type CatalogKernel = z.infer<typeof kernel>

/**
 * Reads a catalog's index; docs/kernel-catalog.md has the format. Fields that are not known are passed over.
 * @throws Error with a message that says what is wrong, and where
 */
export function parseIndex(text: string): CatalogKernel[] {
  if (/^\s*</.test(text)) throw new Error('it is a web page, not an index')
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw new Error(`it is not JSON (${(error as Error).message})`, { cause: error })
  }
  const parsed = index.safeParse(data)
  if (parsed.success) return parsed.data.kernels
  const issue = parsed.error.issues[0]
  throw new Error(`${issue?.path.join('.') || 'the index'}: ${issue?.message}`)
}
