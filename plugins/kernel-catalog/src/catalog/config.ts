import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Host, SettingsDeclaration } from '@banger/core'
import { z } from 'zod'

const place = z.string().min(1).superRefine(checkAddress)

/** `[plugins.kernel-catalog]`, `catalogs = ["https://…", "/path/index.json"]` */
export const settings: SettingsDeclaration<string[]> = {
  schema: z.strictObject({ catalogs: z.array(place).default([]) }).transform(({ catalogs }) => catalogs),
  summaries: { catalogs: 'Addresses or paths of catalogs of kernels.' },
}

/** A path may begin with `~/`; other relative ones are relative to the configuration's folder. */
export function catalogAddress(catalog: string, host: Pick<Host, 'dirs'>): URL {
  if (isAddress(catalog)) return new URL(catalog)
  return pathToFileURL(resolve(host.dirs.config, catalog.replace(/^~(?=\/)/, homedir())))
}

function checkAddress(catalog: string, context: z.RefinementCtx): void {
  if (isAddress(catalog) && !URL.canParse(catalog)) context.addIssue(`"${catalog}" is no address`)
}

function isAddress(catalog: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(catalog)
}
