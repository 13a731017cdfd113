import type { ApiAnswer } from './client.ts'

/**
 * Why Firecracker refused a request, in its own words: `{"fault_message": "…"}` from the VMM, or `{ "error": "…"` from its HTTP
 * server, which may hold a raw line feed and then is no JSON.
 * @returns undefined when it did not refuse
 */
export function faultOf({ status, text }: ApiAnswer): string | undefined {
  if (status >= 200 && status < 300) return undefined
  return fromJson(text) ?? fromText(text) ?? `status ${status}${text.trim() ? `: ${text.trim()}` : ''}`
}

function fromJson(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null) return undefined
    const { fault_message, error } = body as Record<string, unknown>
    return [fault_message, error].find((value) => typeof value === 'string' && value !== '') as string | undefined
  } catch {
    return undefined
  }
}

function fromText(text: string): string | undefined {
  const message = /^\s*\{\s*"(?:error|fault_message)"\s*:\s*"(.*?)"?\s*\}?\s*$/s.exec(text)?.[1]
  return message?.replace(/\s+/g, ' ').trim() || undefined
}
