import { decode, encode, type Packet } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerQuery } from '../src/service/dns-answer.ts'
import { parseServer } from '../src/service/upstream.ts'

const zone = {
  cidr: '172.16.0.0/24',
  addresses: new Map([
    ['host', '172.16.0.1'],
    ['box', '172.16.0.2'],
  ]),
}

/** `NOERROR 172.16.0.2`: the code and the answers, over the wire; undefined when it is left to others. */
function ask(name: string, type: 'A' | 'AAAA' | 'PTR' | 'TXT' | 'ANY' = 'A'): string | undefined {
  const query = decode(encode({ type: 'query', id: 7, flags: 0x100, questions: [{ type: type as 'A', name }] }))
  const answer = answerQuery(query, zone)
  if (!answer) return undefined
  const packet = decode(encode(answer))
  expect(packet).toMatchObject({ id: 7, type: 'response', flag_aa: true, flag_rd: true })
  const data = (packet.answers ?? []).map((record) => ('data' in record ? String(record.data) : ''))
  return ['rcode' in packet ? packet.rcode : '', ...data].join(' ')
}

describe('the names that the bridge knows', () => {
  test('are those of VMs, with the domain and without, in any case', () => {
    for (const name of ['box', 'box.banger', 'BOX.Banger', 'box.banger.']) expect(ask(name)).toBe('NOERROR 172.16.0.2')
    expect(ask('host.banger')).toBe('NOERROR 172.16.0.1')
    expect(ask('box.banger', 'ANY')).toBe('NOERROR 172.16.0.2')
  })

  test('have an IPv4 address alone', () => {
    expect([ask('box.banger', 'AAAA'), ask('box.banger', 'TXT')]).toEqual(['NOERROR', 'NOERROR'])
  })

  test('do not include other names below the domain, which nobody else knows', () => {
    expect([ask('nobody.banger'), ask('www.box.banger'), ask('banger')]).toEqual(['NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN'])
  })

  test('are found by address', () => {
    expect(ask('2.0.16.172.in-addr.arpa', 'PTR')).toBe('NOERROR box.banger')
    expect(ask('9.0.16.172.in-addr.arpa', 'PTR')).toBe('NXDOMAIN')
  })

  test('leave the rest to others', () => {
    for (const name of ['example.org', 'nas', 'box.example.org', 'xbanger', '']) expect(ask(name)).toBeUndefined()
    expect(ask('2.1.16.172.in-addr.arpa', 'PTR')).toBeUndefined()
    expect(ask('16.172.in-addr.arpa', 'PTR')).toBeUndefined()
  })

  test('are looked for in any question without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, valid) => {
        const header = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        const query = tryDecode(Buffer.from(valid ? [...header, ...bytes] : bytes))
        const answer = query && answerQuery(query, zone)
        if (answer) encode(answer)
      }),
    )
  })
})

function tryDecode(message: Buffer): Packet | undefined {
  try {
    return decode(message)
  } catch {
    return undefined
  }
}

test('servers are read as node:dns writes them', () => {
  expect(['1.1.1.1', '127.0.0.1:5353', '::1', '[::1]:5353', 'fe80::1%eth0'].map(parseServer)).toEqual([
    { address: '1.1.1.1', port: 53 },
    { address: '127.0.0.1', port: 5353 },
    { address: '::1', port: 53 },
    { address: '::1', port: 5353 },
    { address: 'fe80::1%eth0', port: 53 },
  ])
})
