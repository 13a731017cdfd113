import { definitions, type FieldType } from './definitions.ts'
import { Fault } from './fault.ts'

export type Body = Record<string, unknown>

/**
 * A request's body as Firecracker reads it (serde with `deny_unknown_fields`).
 * @throws Fault
 */
export function deserialize(text: string, definition: string | undefined): Body {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
  if (definition === undefined) return value as Body
  return checkObject(value, definition)
}

function checkObject(value: unknown, name: string): Body {
  const fields = definitions[name]
  if (!fields) throw new Error(`there is no definition ${name}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`invalid type: ${kindOf(value)}, expected struct ${name}`)
  for (const [key, content] of Object.entries(value)) {
    const field = fields[key]
    if (!field) {
      const known = Object.keys(fields).map((each) => `\`${each}\``)
      throw refuse(`unknown field \`${key}\`, expected one of ${known.join(', ')}`)
    }
    if (content !== null || field.required) check(content, field.type)
  }
  const missing = Object.keys(fields).find((key) => fields[key]?.required && !(key in value))
  if (missing) throw refuse(`missing field \`${missing}\``)
  return value as Body
}

function check(value: unknown, type: FieldType): void {
  if (type === 'any') return
  if (typeof type === 'object') {
    if ('object' in type) checkObject(value, type.object)
    else if ('list' in type) checkList(value, type.list)
    else checkWord(value, type.oneOf)
    return
  }
  if (type === 'string' || type === 'mac') return checkString(value, type)
  if (type === 'bool') {
    if (typeof value !== 'boolean') throw refuse(`invalid type: ${kindOf(value)}, expected a boolean`)
    return
  }
  checkInteger(value, type)
}

function checkString(value: unknown, type: 'string' | 'mac'): void {
  if (typeof value !== 'string') throw refuse(`invalid type: ${kindOf(value)}, expected a string`)
  if (type === 'mac' && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value)) throw refuse('The provided MAC address is invalid.')
}

function checkInteger(value: unknown, type: 'u8' | 'u16' | 'u32' | 'u64'): void {
  if (typeof value !== 'number') throw refuse(`invalid type: ${kindOf(value)}, expected ${type}`)
  if (!Number.isInteger(value)) throw refuse(`invalid type: floating point \`${value}\`, expected ${type}`)
  const most = 2 ** Number(type.slice(1)) - 1
  if (value < 0 || value > most) throw refuse(`invalid value: integer \`${value}\`, expected ${type}`)
}

function checkList(value: unknown, type: FieldType): void {
  if (!Array.isArray(value)) throw refuse(`invalid type: ${kindOf(value)}, expected a sequence`)
  for (const each of value) check(each, type)
}

function checkWord(value: unknown, words: readonly string[]): void {
  if (typeof value !== 'string') throw refuse(`invalid type: ${kindOf(value)}, expected a string`)
  if (words.includes(value)) return
  throw refuse(`unknown variant \`${value}\`, expected one of ${words.map((word) => `\`${word}\``).join(', ')}`)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'sequence'
  if (typeof value === 'object') return 'map'
  return typeof value === 'string' ? `string ${JSON.stringify(value)}` : `${typeof value} \`${String(value)}\``
}

function refuse(what: string): Fault {
  return new Fault(`An error occurred when deserializing the json body of a request: ${what}.`)
}
