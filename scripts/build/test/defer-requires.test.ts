import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { defer } from '../defer-requires.ts'

/** Runs CommonJS source and tells what it required so far. */
function load(source: string): { exports: Record<string, unknown>; required: string[] } {
  const required: string[] = []
  const module = { exports: {} as Record<string, unknown> }
  const require = (name: string) => {
    required.push(name)
    return {
      name,
      Thing: class {
        made = true
      },
      call: (value: unknown) => value,
    }
  }
  const __importDefault = (value: unknown) => ({ default: value })
  runInNewContext(source, { exports: module.exports, require, __importDefault, __importStar: (value: unknown) => value })
  return { exports: module.exports, required }
}

const source = `"use strict";
const path_1 = require("./path");
const other_1 = __importDefault(require("other"));
const Star = __importStar(require("star"));
exports.Args = __importStar(require("./args"));
exports.run = (value) => (0, path_1.call)(value);
exports.make = () => new path_1.Thing();
exports.other = () => other_1.default.name;
exports.star = () => Star.name + ' path_1.call';
`

describe("oclif's deferred requires", () => {
  it('load nothing before the first use', () => {
    expect(load(source).required.length).toBeGreaterThan(0)
    expect(load(defer(source)).required).toEqual([])
  })

  it('load each module once, and work like the originals', () => {
    const { exports, required } = load(defer(source)) as {
      exports: Record<string, (value?: unknown) => unknown>
      required: string[]
    }
    expect([exports.run?.(7), exports.run?.(8), exports.other?.()]).toEqual([7, 8, 'other'])
    expect(exports.star?.()).toMatch(/^star/)
    expect(exports.make?.()).toMatchObject({ made: true })
    expect(required).toEqual(['./path', 'other', 'star'])
  })

  it('keep exports of whole modules', () => {
    const { exports, required } = load(defer(source))
    expect((exports.Args as unknown as { name: string }).name).toBe('./args')
    expect(required).toEqual(['./args'])
  })
})
