import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { bootCalls } from '../../../plugins/vmm-firecracker/src/api/boot-calls.ts'
import type { ApiCall } from '../../../plugins/vmm-firecracker/src/api/call.ts'
import { sampleSettings, sampleSpec, without } from '../../../plugins/vmm-firecracker/test/sample-spec.ts'
import { definitions, type Field } from '../api/definitions.ts'
import { operations } from '../api/operations.ts'

/** What of Swagger 2.0 the specification uses (https://swagger.io/specification/v2/). */
interface Schema {
  $ref?: string
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  enum?: (string | number)[]
  items?: Schema
  minimum?: number
  maximum?: number
  additionalProperties?: unknown
}
interface Operation {
  parameters?: { in: string; schema?: Schema }[]
}
interface Specification {
  paths: Record<string, Record<string, Operation>>
  definitions: Record<string, Schema>
}

const repository = join(import.meta.dirname, '../../..')
const file = process.env.FIRECRACKER_YAML ?? resolve(repository, '../shared/firecracker/firecracker.yaml')
const found = existsSync(file)
if (!found)
  console.warn(`Firecracker's specification is not at ${file}; FIRECRACKER_YAML may name it. Nothing is held against it.`)

/** Where Firecracker's own code differs from its specification. */
const known = {
  // The specification has the body of PUT here, though every field may be left out.
  bodies: { 'PATCH /machine-config': 'MachineConfigUpdate', 'PUT /mmds': 'json', 'PATCH /mmds': 'json' } as Record<
    string,
    string
  >,
  /** Definitions that only the code has, or only answers use. */
  ownDefinitions: ['MachineConfigUpdate'],
  /** Words that the code takes beside those of the specification. */
  moreWords: { 'Logger.level': ['Warn'] } as Record<string, string[]>,
}

describe.skipIf(!found)(`with Firecracker's specification (${found ? file : 'not found, see above'})`, () => {
  const specification = found ? (parse(readFileSync(file, 'utf8')) as Specification) : { paths: {}, definitions: {} }
  const named = Object.entries(specification.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => [`${verb.toUpperCase()} ${path}`, operation] as const),
  )
  const bodyOf = (operation: Operation | undefined): Schema | undefined =>
    operation?.parameters?.find((parameter) => parameter.in === 'body')?.schema

  test('the stand-in serves every route, and no other', () => {
    expect(Object.keys(operations).sort()).toEqual(named.map(([name]) => name).sort())
  })

  test('the stand-in takes the bodies of all routes', () => {
    for (const [name, operation] of Object.entries(operations)) {
      const ref = bodyOf(named.find(([each]) => each === name)?.[1])?.$ref?.replace('#/definitions/', '')
      expect([name, 'body' in operation ? operation.body : undefined]).toEqual([name, known.bodies[name] ?? ref])
    }
  })

  test('the stand-in takes the fields of all bodies, of their types, and requires those that are required', () => {
    for (const name of Object.keys(definitions).filter((each) => !known.ownDefinitions.includes(each))) {
      const schema = specification.definitions[name]
      const fields = definitions[name] ?? {}
      expect([name, ...Object.keys(fields).sort()]).toEqual([name, ...Object.keys(schema?.properties ?? {}).sort()])
      const required = Object.keys(fields).filter((key) => fields[key]?.required)
      expect([name, ...required.sort()]).toEqual([name, ...(schema?.required ?? []).toSorted()])
      for (const [key, field] of Object.entries(fields))
        expect([name, key, kindOf(field)]).toEqual([name, key, kindOfSchema(schema?.properties?.[key], `${name}.${key}`)])
    }
  })

  test('the driver sends nothing that is not in it, for a machine of any shape', () => {
    const everything = sampleSettings({ balloon: 64, disk: { bandwidth: 1, ops: 1 }, network: { bandwidth: 1 } })
    const shapes = [sampleSpec(), without(sampleSpec(), 'initrd'), without(sampleSpec(), 'attachment')]
    const calls: ApiCall[] = [
      ...shapes.flatMap((spec) =>
        [sampleSettings(), everything].flatMap((settings) => bootCalls(spec, settings, (path) => path)),
      ),
      { method: 'GET', path: '/' },
      { method: 'PATCH', path: '/vm', body: { state: 'Paused' } },
      { method: 'PATCH', path: '/vm', body: { state: 'Resumed' } },
      { method: 'PUT', path: '/actions', body: { action_type: 'SendCtrlAltDel' } },
    ]
    for (const { method, path, body } of calls) {
      const operation = named.find(([name]) => new RegExp(`^${name.replace(/\{\w+\}/, '\\w+')}$`).test(`${method} ${path}`))?.[1]
      expect(operation, `${method} ${path}`).toBeDefined()
      const schema = bodyOf(operation)
      expect(schema !== undefined, `${method} ${path}`).toBe(body !== undefined)
      if (schema) expect(problems(body, schema), `${method} ${path}`).toEqual([])
    }
  })

  /** Where a value does not fit its schema. */
  function problems(value: unknown, schema: Schema, place = 'body'): string[] {
    const { $ref, type, properties = {}, required = [], minimum, maximum } = schema
    if ($ref) return problems(value, specification.definitions[$ref.replace('#/definitions/', '')] ?? {}, place)
    const wrong = (what: string): string[] => [`${place}: ${what}`]
    if (schema.enum) return schema.enum.includes(value as string) ? [] : wrong(`not one of ${schema.enum.join()}`)
    if (type === 'integer') {
      if (!Number.isInteger(value)) return wrong('no integer')
      return Number(value) < (minimum ?? 0) || Number(value) > (maximum ?? Infinity) ? wrong('out of range') : []
    }
    if (type !== 'object') return typeof value === type ? [] : wrong(`no ${type}`)
    if (typeof value !== 'object' || value === null) return wrong('no object')
    return [
      ...required.filter((key) => !(key in value)).flatMap((key) => wrong(`no ${key}`)),
      ...Object.entries(value).flatMap(([key, content]) => {
        const property = properties[key]
        return property ? problems(content, property, `${place}.${key}`) : wrong(`${key} is unknown`)
      }),
    ]
  }

  function kindOfSchema(schema: Schema | undefined, place: string): string {
    if (schema?.$ref) {
      const name = schema.$ref.replace('#/definitions/', '')
      const target = specification.definitions[name]
      return target?.enum ? kindOfSchema(target, place) : `object ${name}`
    }
    if (schema?.enum) return `one of ${[...schema.enum, ...(known.moreWords[place] ?? [])].map(String).sort().join()}`
    if (schema?.type === 'array') return 'array'
    return schema?.type ?? 'none'
  }
})

function kindOf({ type }: Field): string {
  if (typeof type === 'object') {
    if ('object' in type) return `object ${type.object}`
    return 'oneOf' in type ? `one of ${type.oneOf.toSorted().join()}` : 'array'
  }
  const kinds: Record<string, string> = { string: 'string', mac: 'string', bool: 'boolean', any: 'object' }
  return kinds[type] ?? 'integer'
}
