import type { Readable } from 'node:stream'
import { BangerError, catalogue, fail, type ErrorCode } from '../errors.ts'

/** Bytes of an error's body at most. */
const limit = 64 * 1024

/** The error of a request that did not get through to a VM's agent, or whose answer was cut off. */
export function lostError(vm: string, reason: string, cause?: unknown): BangerError {
  return fail('guest.unreachable', { name: vm, reason }, cause)
}

/** Reads the agent's error answer (`{code, message}`) and makes it an error of the catalogue. */
export async function agentError(vm: string, body: Readable, status: number): Promise<BangerError> {
  const text = await readText(body).catch(() => '')
  const { code, message } = parse(text)
  const reason = message ?? (text.trim().slice(0, 200) || `status ${status}`)
  if (code !== undefined && code in catalogue && code !== 'guest.refused') {
    return new BangerError({
      code,
      message: reason,
      hint: hintOf(code as ErrorCode),
      status: catalogue[code as ErrorCode].status,
    })
  }
  return fail('guest.refused', { name: vm, reason })
}

async function readText(body: Readable): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length > limit) break
  }
  return text
}

function parse(text: string): { code?: string; message?: string } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    return {
      ...('code' in value && typeof value.code === 'string' ? { code: value.code } : {}),
      ...('message' in value && typeof value.message === 'string' ? { message: value.message } : {}),
    }
  } catch {
    return {}
  }
}

/** The catalogue's hint, unless it has places that only the host could fill. */
function hintOf(code: ErrorCode): string | undefined {
  const { hint } = catalogue[code]
  return hint.includes('{') ? undefined : hint
}
