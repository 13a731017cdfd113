import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import ssh2 from 'ssh2'
import { fail } from '../errors.ts'

export interface SshKey {
  /** Absolute path of the private key. */
  path: string
  /** `ssh-ed25519 AAAA… comment` */
  publicKey: string
}

/**
 * The key that guests let in: the configured one, which must exist, or banger's own, made when missing.
 * @throws config.invalid when the configured key cannot be read or has a passphrase
 */
export async function ensureSshKey(options: { configured?: string; own: string; configFile: string }): Promise<SshKey> {
  const { configured, own, configFile } = options
  if (configured) return readKey(configured, configFile)
  try {
    return await readKey(own, configFile)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await writeKeyPair(own, 'banger')
  return readKey(own, configFile)
}

/** Makes an ed25519 key pair at `path` and `path.pub`, the private half with mode 0600. */
export async function writeKeyPair(path: string, comment: string): Promise<{ privateKey: string; publicKey: string }> {
  const pair = generateKeyPair(comment)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(`${path}.pub`, `${pair.public}\n`, { mode: 0o644 })
  await writeFile(`${path}.new`, pair.private, { mode: 0o600 })
  await chmod(`${path}.new`, 0o600)
  await rename(`${path}.new`, path)
  return { privateKey: pair.private, publicKey: pair.public }
}

/** A pair in OpenSSH's format. One of about 220 that ssh2 1.17 makes is malformed. */
export function generateKeyPair(comment: string): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}

async function readKey(path: string, configFile: string): Promise<SshKey> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw fail('config.invalid', { file: configFile, reason: `ssh_key_path: ${path} cannot be read` }, error)
  }
  const parsed = ssh2.utils.parseKey(text)
  if (parsed instanceof Error)
    throw fail('config.invalid', { file: configFile, reason: `ssh_key_path: ${path}: ${parsed.message}` }, parsed)
  const publicKey = `${parsed.type} ${parsed.getPublicSSH().toString('base64')} ${parsed.comment || 'banger'}`
  return { path, publicKey }
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}
