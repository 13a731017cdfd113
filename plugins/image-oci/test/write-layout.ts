import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SampleImage } from './sample-image.ts'

/** Writes an image as an OCI layout, with the tag `x`. */
export function writeLayout(folder: string, { blobs, digest }: SampleImage): void {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  for (const [name, bytes] of blobs) writeFileSync(join(folder, 'blobs/sha256', name.slice(7)), bytes)
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const annotations = { 'org.opencontainers.image.ref.name': 'x' }
  const entry = { mediaType, digest, size: blobs.get(digest)?.length ?? 0, annotations }
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}
