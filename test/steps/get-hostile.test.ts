import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { createSteps } from '../../src/steps/index.ts'
import type { Session } from '../../src/transport/transport.ts'
import { testContext } from './context.ts'
import { sendingSession } from './sending-session.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const steps = createSteps()

/** A host that answers a get with whatever it likes; `answer` gets the mark that the script carries. */
function hostile(answer: (mark: string) => Iterable<Buffer | string>): Session {
  return sendingSession(({ script }) => answer(/^M=(\w+)/m.exec(script)?.[1] ?? ''))
}

async function get(answer: (mark: string) => Iterable<Buffer | string>) {
  mkdirSync(join(temp.path, 'dest'), { recursive: true })
  const action = { kind: 'get', src: '/x', dest: join(temp.path, 'dest/web1'), timeoutMs: 20_000 } as const
  return steps(action, testContext(hostile(answer)))
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

function file(mark: string, name: string | Buffer, text: string): Buffer[] {
  const header = `${mark} file ${Buffer.byteLength(text)} ${digest(text)}\n`
  return [Buffer.from(header), Buffer.from(name), Buffer.from(`\0${text}\n`)]
}

/** Everything under the test's folder but what may be there. */
function written(): string[] {
  return readdirSync(temp.path, { recursive: true, encoding: 'utf8' })
    .filter(name => !['dest', 'dest/web1'].includes(name))
    .sort()
}

test('the stand-in for a host works: a proper answer is taken', async () => {
  const result = await get(mark => ['Welcome!\n', ...file(mark, 'f', 'text'), `${mark} done end\n`])
  expect(result).toMatchObject({ outcome: 'ok', note: '1 file, 4 B' })
  expect(written()).toEqual(['dest/web1/f'])
})

test.each([
  '..',
  '.',
  '',
  'a\x1b[2Jb',
  'bell\x07',
  'c1\u009b',
  'x'.repeat(256),
  'x'.repeat(LIMITS.remoteNameBytes + 1),
])('a file named %j is not written', async name => {
  const result = await get(mark => [...file(mark, name, 'text'), `${mark} done end\n`])
  expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'remote_name' } })
  expect(written()).toEqual([])
})

test('a name that is not UTF-8 is not written', async () => {
  const result = await get(mark => [...file(mark, Buffer.from([0x66, 0xff]), 'text'), `${mark} done end\n`])
  expect(result.failure?.message).toMatch(/is not UTF-8/)
  expect(written()).toEqual([])
})

test.each(['./../../evil', '/etc/evil', './a/../../evil', '..', './a//b', `./${'d/'.repeat(80)}f`])(
  'a folder entry named %j is not written, the others are',
  async name => {
    const names = (mark: string) => `${mark} folder\napp\0${mark} folders\n.\0./ok\0${name}\0\0`
    const result = await get(mark => [names(mark), `${mark} done end\n`])
    expect(result.failure?.code).toBe('remote_name')
    expect(written()).toEqual(['dest/web1/app', 'dest/web1/app/ok'])
    expect(existsSync('/etc/evil')).toBe(false)
  },
)

test('content that is not what its digest says is not kept', async () => {
  const result = await get(mark => [`${mark} file 4 ${digest('other')}\nf\0text\n${mark} done end\n`])
  expect(result.failure?.code).toBe('transfer_verify')
  expect(written()).toEqual([])
})

test('a file that ends before its size is not kept', async () => {
  const result = await get(mark => [`${mark} file 400 ${digest('text')}\nf\0text`])
  expect(result.failure?.code).toBe('transfer_verify')
  expect(written()).toEqual([])
})

test.each(['99999999999999999999', '-1', '1e9', ' ', `${LIMITS.getBytes + 1}`])(
  'the size %j is not believed',
  async size => {
    const result = await get(mark => [`${mark} file ${size} ${digest('')}\nf\0`, `${mark} done end\n`])
    expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'remote_shell' } })
    expect(written()).toEqual([])
  },
)

test('an endless answer is stopped, whatever it consists of', async () => {
  function* endless(first: string, piece: string): Generator<string> {
    yield first
    for (;;) yield piece
  }
  const answers = [
    (_mark: string) => endless('', 'x'.repeat(50_000)),
    (_mark: string) => endless('', 'x\n'.repeat(50_000)),
    (mark: string) => endless(`${mark} folders\n`, './x\0'.repeat(20_000)),
    (mark: string) => endless(`${mark} folders\n`, 'x'.repeat(50_000)),
    (mark: string) => endless('', `${mark} folder\na\0`.repeat(500)),
    (mark: string) => endless('', `${mark} others 90000\n`.repeat(500)),
  ]
  for (const answer of answers) expect((await get(answer)).outcome).toBe('failed')
}, 30_000)

test('names of very many bytes are refused', async () => {
  function* names(mark: string): Generator<string> {
    yield `${mark} folders\n`
    for (;;) yield `./${'n'.repeat(250)}/${'m'.repeat(250)}\0`.repeat(100)
  }
  expect((await get(names)).failure?.message).toMatch(/too many names or too long ones/)
})

test('an archive of files that nobody asked for comes to an end', async () => {
  const header = Buffer.alloc(512)
  header.write('./f\0')
  header.write('00000000000\0', 124)
  header.write('0', 156)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 256)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  function* archive(mark: string): Generator<Buffer | string> {
    yield `${mark} folder\na\0${mark} files 1\n./f\0${digest('text')}\n${mark} tar\n`
    for (;;) yield header
  }
  expect((await get(archive)).failure?.message).toMatch(/no proper archive/)
})

test('an answer that comes byte by byte takes no more memory than it has bytes', async () => {
  const line = 'x'.repeat(60_000)
  function* bytes(mark: string): Generator<string> {
    yield* `${line}\n${mark} done end\n`
  }
  const before = process.memoryUsage().rss
  expect((await get(bytes)).outcome).toBe('ok')
  expect(process.memoryUsage().rss - before).toBeLessThan(50 << 20)
})

test('an archive that is none, or has no end, does no harm', async () => {
  const start = (mark: string) => `${mark} folder\na\0${mark} files 1\n./f\0${digest('text')}\n${mark} tar\n`
  const broken = await get(mark => [start(mark), 'x'.repeat(5000)])
  expect(broken.failure?.code).toBe('transfer_verify')
  const missing = await get(mark => [start(mark), Buffer.alloc(1024), `\n${mark} done end\n`])
  expect(missing.failure?.message).toMatch(/"a\/f" changed while it was read/)
  expect(written()).toEqual([])
})

test('any bytes after the mark write nothing outside the host folder', async () => {
  const words = fc.constantFrom(
    'file 3 ',
    'folder\n',
    'folders\n',
    'files 2\n',
    'tar\n',
    'top\n',
    'end\n',
    'fail x\n',
  )
  const bytes = fc.uint8Array({ maxLength: 30 }).map(array => Buffer.from(array))
  const names = fc.constantFrom('../e\0', './ok\0', '/tmp/e\0', '\0', 'a\0', '..\0')
  const pieces = fc.array(fc.oneof(words, bytes, names), { maxLength: 12 })
  const property = fc.asyncProperty(pieces, async parts => {
    await get(mark =>
      parts.map(part => (typeof part === 'string' && /\n$| $/.test(part) ? `${mark} ${part}` : part)),
    )
    expect(readdirSync(temp.path)).toEqual(['dest'])
    expect(readdirSync(join(temp.path, 'dest')).filter(name => name !== 'web1')).toEqual([])
  })
  await fc.assert(property, { numRuns: 150 })
})

test('two names that are one file here are not written over each other', async () => {
  const result = await get(mark => [
    ...file(mark, 'same', 'one'),
    ...file(mark, 'same', 'two'),
    `${mark} done end\n`,
  ])
  expect(result.failure?.message).toMatch(/are the same file name here/)
  expect(readFileSync(join(temp.path, 'dest/web1/same'), 'utf8')).toBe('one')
})
