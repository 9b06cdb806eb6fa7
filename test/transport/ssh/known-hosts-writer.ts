import { HostKeyStore } from '../../../src/transport/ssh/host-key-store.ts'

/** A process for tests: remembers so many hosts, whose names and keys begin with a word of its own. */
const [file = '', word = '', many = '0'] = process.argv.slice(2)
const type = Buffer.from('\0\0\0\x0bssh-ed25519')
for (let i = 0; i < Number(many); i += 1) {
  // A store of its own each time, as different processes have.
  const store = new HostKeyStore([file])
  store.load()
  store.add(
    `${word}${i}`,
    22,
    Buffer.concat([type, Buffer.from(`\0\0\0\x20${`${word}${i}`.padEnd(32, '.')}`)]),
  )
}
