import { expect, test } from 'vitest'
import type { Connection, HostBecome } from '../../src/model/host.ts'
import { Secret } from '../../src/model/secret.ts'
import { connectionDigest } from '../../src/plan/digest.ts'

const connection: Connection = { transport: 'ssh', address: 'h1', port: 22, user: 'ann', keys: [] }
const digestWith = (become: HostBecome) => connectionDigest({ ...connection, become })

test('a password alone, as -K gives it, makes a host no other one; whom to become does', () => {
  const plain = connectionDigest(connection)
  expect(digestWith({ always: false, password: new Secret('x') })).toBe(plain)
  const others = [
    digestWith({ always: true }),
    digestWith({ always: false, user: 'bob' }),
    digestWith({ always: false, method: 'su' }),
  ]
  expect(new Set([plain, ...others]).size).toBe(4)
})
