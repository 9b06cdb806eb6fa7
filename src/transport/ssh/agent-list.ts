import { connect } from 'node:net'
import { LIMITS } from '../../model/limits.ts'

const REQUEST_IDENTITIES = 11
const IDENTITIES_ANSWER = 12

/** More than any agent has to say. */
const MOST_BYTES = 1 << 20

/** The public keys and certificates of an ssh-agent, as SSH sends them (draft-ietf-sshm-ssh-agent, 3.5). */
export function listAgent(socketPath: string): Promise<readonly Buffer[] | Error> {
  return new Promise(resolve => {
    let received = Buffer.alloc(0)
    // A name in digits is a file's as well, and no port.
    const socket = connect({ path: socketPath })
    const finish = (result: readonly Buffer[] | Error) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => finish(new Error('the agent does not answer')), LIMITS.loginMs)
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      finish(new Error(`no agent answers at ${socketPath}: ${code}`)),
    )
    socket.on('close', () => finish(new Error('the agent hung up')))
    socket.on('connect', () => socket.write(Buffer.of(0, 0, 0, 1, REQUEST_IDENTITIES)))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      const length = received.length < 4 ? 0 : received.readUInt32BE(0)
      if (length > MOST_BYTES) finish(new Error('the agent says too much'))
      else if (received.length >= 5 && received.length >= 4 + length) finish(keysIn(received.subarray(4)))
    })
  })
}

function keysIn(answer: Buffer): readonly Buffer[] | Error {
  if (answer[0] !== IDENTITIES_ANSWER) return new Error('the agent gives no list of keys')
  try {
    const keys: Buffer[] = []
    let at = 5
    for (let left = answer.readUInt32BE(1); left > 0; left--) {
      const length = answer.readUInt32BE(at)
      keys.push(answer.subarray(at + 4, at + 4 + length))
      at += 4 + length
      at += 4 + answer.readUInt32BE(at)
    }
    return keys
  } catch {
    return new Error('the list of keys that the agent gives is broken')
  }
}
