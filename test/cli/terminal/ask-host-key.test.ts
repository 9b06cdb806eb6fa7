import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { CliContext } from '../../../src/cli/context.ts'
import { askAboutHostKey } from '../../../src/cli/terminal/ask-host-key.ts'

const question = (host: string, address = host) => ({
  host,
  address,
  port: 22,
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:abc',
})

function asker() {
  const stdin = new PassThrough()
  const stderr = new PassThrough()
  const ask = askAboutHostKey({ stdin, stderr } as unknown as CliContext)
  return { stdin, ask, shown: () => String(stderr.read() ?? '') }
}

test('one question at a time: only a yes is a yes', async () => {
  const { stdin, ask, shown } = asker()
  const first = ask(question('web1', '10.0.0.1'))
  const second = ask(question('web2'))
  await new Promise(setImmediate)
  const asked = shown()
  expect(asked).toContain('The host web1 (10.0.0.1 port 22) is not known yet.')
  expect(asked).toContain('ssh-ed25519 key is SHA256:abc')
  expect(asked).not.toContain('web2')
  stdin.write('yes\n')
  expect(await first).toBe(true)
  await new Promise(setImmediate)
  expect(shown()).toContain('web2')
  stdin.write('perhaps\n')
  expect(await second).toBe(false)
})

test('the fingerprint is a yes, as with ssh, and another one a no', async () => {
  for (const [typed, answer] of [
    ['SHA256:abc', true],
    [' SHA256:abc ', true],
    ['SHA256:abd', false],
    ['sha256:abc', false],
    ['abc', false],
  ] as const) {
    const { stdin, ask } = asker()
    const answered = ask(question('web1'))
    await new Promise(setImmediate)
    stdin.write(`${typed}\n`)
    expect(await answered).toBe(answer)
  }
})

test('there is one question about a key of one place, whatever the hosts there are called', async () => {
  const { stdin, ask, shown } = asker()
  const names = ['web1', 'web2', 'web3']
  const answers = names.map(name => ask(question(name, '10.0.0.1')))
  await new Promise(setImmediate)
  stdin.write('yes\n')
  expect(await Promise.all(answers)).toEqual([true, true, true])
  expect(await ask(question('web4', '10.0.0.1'))).toBe(true)
  expect(shown().match(/Trust it/g)).toHaveLength(1)
  const other = ask({ ...question('web1', '10.0.0.1'), fingerprint: 'SHA256:other' })
  await new Promise(setImmediate)
  expect(shown()).toContain('SHA256:other')
  stdin.write('no\n')
  expect(await other).toBe(false)
})

test('the end of the input is a no to all', async () => {
  const { stdin, ask } = asker()
  const answers = [ask(question('web1')), ask(question('web2'))]
  await new Promise(setImmediate)
  stdin.end()
  expect(await Promise.all(answers)).toEqual([false, false])
})

test('a host cannot draw on the terminal with its name', async () => {
  const { stdin, ask, shown } = asker()
  const answer = ask(question('web1\x1b[2J'))
  await new Promise(setImmediate)
  expect(shown()).not.toContain('\x1b[2J')
  stdin.end()
  await answer
})
