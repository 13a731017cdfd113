import { join } from 'node:path'
import { credentialFiles, type Tool } from './credentials.ts'
import { readCredential } from './read-credential.ts'

export interface FoundCredential {
  tool: Tool
  /** Where it lies below the home. */
  file: string
  content: Buffer
}

/** What of the chosen tools' credentials is on this host, and what is there but cannot be copied, in words. */
export async function findCredentials(home: string, chosen: Tool[]): Promise<{ found: FoundCredential[]; problems: string[] }> {
  const found: FoundCredential[] = []
  const problems: string[] = []
  for (const tool of chosen) {
    const file = credentialFiles[tool]
    const credential = await readCredential(join(home, file))
    if (!credential) continue
    if ('content' in credential) found.push({ tool, file, content: credential.content })
    else problems.push(`The credentials of ${tool} in ~/${file} are not copied: ${credential.problem}.`)
  }
  return { found, problems }
}
