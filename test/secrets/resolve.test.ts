import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Encrypter } from 'age-encryption'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { SecretDecl, SecretSource } from '../../src/model/playbook.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { Secret } from '../../src/model/secret.ts'
import { encryptValue, newIdentity } from '../../src/secrets/age.ts'
import { resolveSecrets } from '../../src/secrets/resolve.ts'

let folder: string
let identity: string
let recipient: string
let asked: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drover-resolve-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  ;({ identity, recipient } = await newIdentity())
  asked = []
})

const where = { file: 'play.yml', line: 3, col: 3 }

async function valuesOf(sources: Readonly<Record<string, SecretSource>>, env: Record<string, string> = {}) {
  const secrets = Object.entries(sources).map(([name, source]): SecretDecl => ({ name, source, where }))
  const identities = async () => {
    asked.push('identities')
    return [identity]
  }
  const ask = async (question: string) => {
    asked.push(question)
    return new Secret('typed')
  }
  const values = await resolveSecrets(secrets, { folder, env, identities, ask })
  return Object.fromEntries([...values].map(([name, secret]) => [name, secret.reveal()]))
}

async function problemsOf(...args: Parameters<typeof valuesOf>): Promise<readonly string[]> {
  try {
    await valuesOf(...args)
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems.map(({ message }) => message)
    throw error
  }
  return []
}

const command = (...argv: string[]): SecretSource => ({ kind: 'command', argv })
const file = (path: string, key = 'db'): SecretSource => ({ kind: 'file', path, key })

test('a secret comes from the environment, a program, or a person', async () => {
  const sources = {
    env: { kind: 'env', variable: 'TOKEN' },
    command: command('printf', '%s\n', ' a $HOME b '),
    prompt: { kind: 'prompt', question: 'Database password:' },
  } as const
  expect(await valuesOf(sources, { TOKEN: 'from env' })).toEqual({
    ...{ env: 'from env', command: ' a $HOME b ', prompt: 'typed' },
  })
  expect(asked).toEqual(['Database password: '])
})

test('a person is asked last, and not where something else is missing', async () => {
  const sources = {
    prompt: { kind: 'prompt', question: 'Password' },
    env: { kind: 'env', variable: 'TOKEN' },
  } as const
  expect(await problemsOf(sources)).toEqual(['the environment has no TOKEN'])
  expect(asked).toEqual([])
  expect(await valuesOf(sources, { TOKEN: 'here' })).toEqual({ env: 'here', prompt: 'typed' })
})

test('from a value of a file, or from a file as a whole', async () => {
  const value = await encryptValue('hunter22', [recipient])
  writeFileSync(join(folder, 's.yml'), `recipients: [${recipient}]\nsecrets:\n  other: ${value}\n`)
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  writeFileSync(join(folder, 'key.age'), await encrypter.encrypt('a\nb\n'))
  expect(await valuesOf({ db: file('s.yml', 'other'), key: file('key.age') })).toEqual({
    ...{ db: 'hunter22', key: 'a\nb\n' },
  })
})

test('a file with a passphrase has it asked for', async () => {
  const encrypter = new Encrypter()
  encrypter.setPassphrase('typed')
  encrypter.setScryptWorkFactor(10)
  writeFileSync(join(folder, 'key.age'), await encrypter.encrypt('inside'))
  expect(await valuesOf({ key: file('key.age') })).toEqual({ key: 'inside' })
  expect(asked).toEqual(['Passphrase of key.age: '])
})

test('all that cannot be had is told at once, without what was had', async () => {
  const other = await newIdentity()
  const value = await encryptValue('hunter22', [other.recipient])
  writeFileSync(join(folder, 's.yml'), `recipients: [${recipient}]\nsecrets:\n  db: ${value}\n`)
  const problems = await problemsOf(
    {
      env: { kind: 'env', variable: 'TOKEN' },
      nowhere: file('nowhere.yml'),
      others: file('s.yml'),
      gone: command('/nowhere/pass'),
      failed: command('sh', '-c', 'echo hunter22; exit 3'),
      silent: command('true'),
    },
    { TOKEN: '' },
  )
  expect(problems).toEqual([
    'the environment has no TOKEN',
    'nowhere.yml does not exist',
    's.yml cannot be decrypted: your identity is none of its recipients',
    'the command of a secret, /nowhere/pass, is not there',
    'the command of a secret, sh, ended with exit code 3',
    'the command of a secret, true, printed nothing',
  ])
})

test('what is no UTF-8 is refused, since it would reach hosts as something else', async () => {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  writeFileSync(join(folder, 'bytes.age'), await encrypter.encrypt(Uint8Array.of(0xff, 0xfe, 0x61)))
  const problems = await problemsOf(
    {
      env: { kind: 'env', variable: 'TOKEN' },
      file: file('bytes.age'),
      command: command('printf', '\\377abc'),
    },
    { TOKEN: 'caf\u{fffd}' },
  )
  expect(problems).toEqual([
    'TOKEN is no text in UTF-8',
    'bytes.age holds what is no text in UTF-8',
    'the command of a secret, printf, printed what is no text in UTF-8',
  ])
})

test('a byte order mark is a part of a secret', async () => {
  expect(await valuesOf({ key: command('printf', '\\357\\273\\277abc') })).toEqual({ key: '\u{feff}abc' })
})
