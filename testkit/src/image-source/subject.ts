import type { ImageSource } from '@banger/core'
import type { TestHost } from '../test-host.ts'

/** An image source to check, and what it needs to show itself. */
export interface ImageSourceSubject {
  source: ImageSource
  /** The host that the source was made with. */
  host: TestHost
  /** References that it serves, without their scheme. Of small images: each is built a few times. */
  references: string[]
  /** Those of them whose digest says when they were looked at, since nobody knows what they hold before all of it was read. */
  unstable?: string[]
  /** References of others: it knows nothing of them. */
  foreign?: string[]
  /** References of its own that lead to nothing, and the code of the error that each fails with. */
  failing?: Record<string, string>
  /** Makes one of the references lead to something else, whose digest has to be another one. Done last. */
  change?: { reference: string; by(): unknown }
}
