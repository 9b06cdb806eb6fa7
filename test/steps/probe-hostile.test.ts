import { expect, test } from 'vitest'
import type { Session } from '../../src/transport/transport.ts'
import { findingOf, type Told } from './probing.ts'
import { sendingSession } from './sending-session.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()

/** A host that answers the first question of a look with whatever it likes; `answer` gets the mark of the program. */
function hostile(answer: (mark: string) => Iterable<Buffer | string>): Session {
  return sendingSession(function* ({ stdin }) {
    const mark = /\n(\w{32}) item 0/.exec(stdin.kind === 'text' ? stdin.text : '')?.[1] ?? ''
    yield `\n${mark} item 0\n`
    yield* answer(mark)
    yield `\n${mark} end 0\n\n${mark} done\n`
  })
}

const look = (answer: (mark: string) => Iterable<Buffer | string>): Promise<Told> =>
  findingOf(hostile(answer), { kind: 'get', src: '/x', dest: `${temp.path}/web1`, timeoutMs: 20_000 })

function* times(count: number, piece: string | Buffer): Generator<string | Buffer> {
  for (let at = 0; at < count; at++) yield piece
}

const MB = 1 << 20

test.each<[name: string, answer: (mark: string) => Iterable<Buffer | string>]>([
  [
    'names of one byte',
    function* (mark) {
      yield `\n${mark} folder\nx\0\n${mark} folders\n`
      yield* times(60, 'a\0'.repeat(MB / 2))
      yield `\0\n${mark} finish\n`
    },
  ],
  [
    'files with long names',
    function* (mark) {
      const name = `./${'n'.repeat(200)}/${'m'.repeat(200)}`
      const size = `-rw-r--r-- 1 0 0 1 Jan 1 00:00 ${name}\n`
      for (let at = 0; at < 60; at++) {
        yield `\n${mark} folder\nx\0\n${mark} files 1000\n${`${name}\0`.repeat(1000)}\0`
        yield `\n${mark} sizes odd\n${size.repeat(1000)}`
      }
      yield `\n${mark} finish\n`
    },
  ],
  ['records without content', mark => times(20, `\n${mark} folder\nx\0`.repeat(MB / 48))],
  ['one record without an end', mark => [`\n${mark} reads\n`, ...times(60, Buffer.alloc(MB, 'x'))]],
])('a listing of %s takes little memory', async (_name, answer) => {
  const before = process.memoryUsage().rss
  let most = 0
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before)
  }, 5)
  const finding = await look(answer)
  clearInterval(watching)
  most = Math.max(most, process.memoryUsage().rss - before)
  expect(finding.kind === 'unseen' || finding.outlook === 'fails').toBe(true)
  expect(most / MB).toBeLessThan(150)
})

test('a tool that says much says little in a message', async () => {
  const finding = await look(mark => [
    `\n${mark} partial\n`,
    ...times(20, Buffer.alloc(MB, 'x')),
    `\n${mark} fail ${'p'.repeat(900)}\n`,
  ])
  expect(finding.failure?.message.length).toBeGreaterThan(100)
  expect(finding.failure?.message.length).toBeLessThan(5_000)
})
