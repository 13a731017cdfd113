/** One step of a long operation, for a person: shown live on a terminal, as a line elsewhere. */
export interface ProgressEvent {
  /** Stable within the operation; a later event with the same id replaces the line. */
  id: string
  /** `Downloading linux-image-6.1.0-32-cloud-amd64` */
  message: string
  state: 'running' | 'done' | 'failed'
  /** Bytes or items so far, and in all where known. */
  current?: number
  total?: number
  unit?: 'bytes' | 'items'
}

/** Takes what a long operation tells of its steps. Returns at once and never throws. */
export type Progress = (event: ProgressEvent) => void
