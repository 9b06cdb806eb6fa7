import { expect, test } from 'vitest'
import type { Connection } from '../../../src/model/host.ts'
import { localEnd } from '../../../src/transport/ssh/local-end.ts'

test('a connection that nobody waits for any more is not said to have no address', async () => {
  const connection: Connection = {
    ...{ transport: 'ssh', address: '127.0.0.1', port: 22, user: 'me', keys: [] },
    ssh: { bindAddress: 'no-such-host.invalid' },
  }
  expect(await localEnd(connection, AbortSignal.abort())).toMatchObject({ code: 'interrupted' })
})
