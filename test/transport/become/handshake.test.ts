import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Become } from '../../../src/model/action.ts'
import type { Failure } from '../../../src/model/errors.ts'
import { LIMITS } from '../../../src/model/limits.ts'
import { Secret } from '../../../src/model/secret.ts'
import { becomeCommand, canBecome } from '../../../src/transport/become/command.ts'
import { Handshake } from '../../../src/transport/become/handshake.ts'
import { type Opening, READY, type Way } from '../../../src/transport/become/opening.ts'

const KEY = '0123456789abcdef'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function opening(method: Become['method'], way: Way = 'ask'): Opening {
  return {
    become: { method, user: 'root' },
    way,
    key: KEY,
    account: 'joe',
    password: new Secret('s3cret'),
    opened: () => {},
    refused: () => {},
  }
}

/** Hears these chunks; returns what it did. */
function hears(method: Become['method'], chunks: readonly string[], way: Way = 'ask') {
  const done: string[] = []
  let refused: Failure | undefined
  const handshake = new Handshake(opening(method, way), {
    staged: () => done.push('staged'),
    answer: line => done.push(`answer ${line.trim()}`),
    ready: () => done.push('ready'),
    refused: failure => {
      done.push(failure.code)
      refused = failure
    },
  })
  for (const chunk of chunks) handshake.hear(Buffer.from(chunk))
  vi.advanceTimersByTime(LIMITS.startMs + 1)
  return { done, refused, handshake }
}

const LECTURE = 'We trust you have received the usual lecture.\n\n'
const TALKS = [
  ['sudo', `noise${KEY}>${LECTURE}${KEY}?`, READY],
  ['su', `Password: ${KEY}>Password: `, READY],
  ['doas', `Password: \rdoas (a@b) password: ${KEY}>\rdoas (joe@web1) password: `, `\r\n${READY}`],
] as const

test.each(TALKS)(
  '%s: the password goes to its prompt, however it comes in pieces',
  (method, before, after) => {
    fc.assert(
      fc.property(fc.array(fc.nat(before.length), { maxLength: 6 }), cuts => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), before.length]
        const pieces = at.slice(1).map((end, index) => before.slice(at[index], end))
        const { done } = hears(method, [...pieces, after, `\n${KEY}?Password: `])
        expect(done).toEqual(['staged', 'answer s3cret', 'ready'])
      }),
    )
  },
)

test.each(TALKS)('%s: a second prompt means that the password was refused', (method, before) => {
  const again = before.slice(before.indexOf('>') + 1)
  expect(hears(method, [before, `Sorry, try again.\n${again}`]).done).toEqual([
    'staged',
    'answer s3cret',
    'become_password',
  ])
})

test.each(TALKS)('%s: what a login shell writes before is no prompt', (method, before) => {
  const { done } = hears(method, [before.slice(before.indexOf('>') + 1).replaceAll(KEY, 'fedcba9876543210')])
  expect(done).toEqual([])
})

test.each([
  'Password: ',
  '[sudo] password for joe: ',
  'Verification code: ',
  'Touch the key? ',
  `${KEY.slice(1)}?`,
])('%j from sudo gets no answer, and fails in the end', prompt => {
  const { done, refused } = hears('sudo', [`${KEY}>`, prompt])
  expect(done).toEqual(['staged', 'become_denied'])
  expect(refused?.message).toContain(`sudo asks "${prompt.trim()}"`)
})

test('a message is no question, and may take its time', () => {
  expect(hears('sudo', [`${KEY}>`, 'Duo: push sent, waiting\n']).done).toEqual(['staged'])
  expect(hears('sudo', [`${KEY}>`, 'Approve: ', 'approved\n']).done).toEqual(['staged'])
})

test('a program that was told not to ask gets no password', () => {
  for (const [method, before] of TALKS) expect(hears(method, [before], 'at_once').done).toEqual(['staged'])
})

test('what was said holds neither key nor password', () => {
  const { handshake } = hears('sudo', [`x${KEY}>a ${KEY}?`, 'b s3cret c'])
  expect(handshake.said).toBe('b *** c')
})

test('no login shell finds anything to interpret in a command', () => {
  for (const method of ['sudo', 'su', 'doas'] as const) {
    for (const way of ['ask', 'at_once'] as const) {
      const command = becomeCommand(opening(method, way))
      expect(command).not.toContain(KEY)
      const [start, ...words] = command.split("'")
      expect(start).toBe('exec /bin/sh -c ')
      for (const [index, word] of words.entries()) {
        if (index % 2 === 1) expect(word).toMatch(/^ ?$/)
        else expect(word).toMatch(/^(?:(?![\\]|!(?! ))[\x20-\x7e])+$/)
      }
    }
  }
})

test('names that a shell or a program could take for something else are none', () => {
  const bad = fc.string().filter(name => !/^[A-Za-z0-9_][A-Za-z0-9_.@+-]*\$?$/.test(name))
  fc.assert(fc.property(bad, name => !canBecome(name)))
  for (const name of ['root', 'www-data', '_apt', 'joe@example.org', 'HOST$', 'first.last'])
    expect(canBecome(name)).toBe(true)
})
