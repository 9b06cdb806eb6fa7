import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import type { Session } from '../../src/transport/transport.ts'
import { describeWith } from '../sshd/requirements.ts'
import { type TestContext, testContext } from './context.ts'
import { shellSession } from './shell-session.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const MEGABYTE = 1 << 20

function put(context: TestContext, src: string, dest: string, more: Partial<PutAction> = {}) {
  const action: PutAction = {
    kind: 'put',
    source: { kind: 'src', text: src },
    dest,
    parents: false,
    timeoutMs: 20_000,
    ...more,
  }
  return createSteps()(action, context)
}

/** A session that does something else once, when this many pieces of input have been sent. */
function afterPieces(pieces: number, act: () => void): Session {
  const session = shellSession()
  let sent = 0
  return {
    ...session,
    exec(request, handlers) {
      const exec = session.exec(request, handlers)
      return {
        ...exec,
        async write(chunk) {
          if (++sent === pieces) act()
          await exec.write(chunk)
        },
      }
    },
  }
}

const SOURCES = ['a file', 'a folder'] as const

/** What is put: the big file, or a folder with it. */
function source(kind: (typeof SOURCES)[number]): string {
  mkdirSync(at('src'), { recursive: true })
  writeFileSync(at('src', 'small'), 'small')
  writeFileSync(at('src', 'zbig'), Buffer.alloc(8 * MEGABYTE, 'x'))
  return kind === 'a file' ? at('src', 'zbig') : `${at('src')}/`
}

test.each(SOURCES)('cancelling while %s is sent leaves nothing behind', async kind => {
  mkdirSync(at('to'))
  let abort = () => {}
  const context = testContext(afterPieces(5, () => abort()))
  abort = () => context.controller.abort('cancel')
  expect((await put(context, source(kind), at('to'))).outcome).toBe('cancelled')
  expect(readdirSync(at('to'))).toEqual([])
})

test.each(SOURCES)('%s that changes while it is sent is not put', async kind => {
  mkdirSync(at('to'))
  const src = source(kind)
  const session = afterPieces(5, () => writeFileSync(at('src', 'zbig'), Buffer.alloc(8 * MEGABYTE, 'y')))
  const result = await put(testContext(session), src, at('to'))
  expect(result.failure).toMatchObject({
    code: 'local_file',
    message: expect.stringMatching(/zbig" changed while/),
  })
  expect(readdirSync(at('to'))).toEqual([])
})

test.each(SOURCES)('a stream that ends early leaves nothing of %s behind', async kind => {
  mkdirSync(at('to'))
  const session = shellSession()
  const cut: Session = {
    ...session,
    exec(request, handlers) {
      const exec = session.exec(request, handlers)
      let pieces = 0
      return {
        ...exec,
        async write(chunk) {
          if (++pieces < 5) return exec.write(chunk)
          exec.end()
        },
      }
    },
  }
  const result = await put(testContext(cut), source(kind), at('to'))
  expect(result).toMatchObject({ outcome: 'failed' })
  expect(readdirSync(at('to'))).toEqual([])
})

test.each([
  ['none', 'does not exist'],
  ['pipe', 'is not a regular file'],
  ['none/*.x', 'nothing matches'],
])('the local source %s is refused by name', async (name, message) => {
  execFileSync('mkfifo', [at('pipe')])
  const result = await put(testContext(), at(name), at('to'))
  expect(result.failure).toMatchObject({ code: 'local_file', message: expect.stringContaining(message) })
})

test('a reader never sees half a file while it is replaced', async () => {
  const contents = ['a', 'b'].map(letter => letter.repeat(300_000))
  for (const [index, content] of contents.entries()) writeFileSync(at(`src${index}`), content)
  writeFileSync(at('to'), contents[0] ?? '')
  let busy = true
  let torn = 0
  const reading = (async () => {
    for (; busy; await setImmediate()) if (!contents.includes(readFileSync(at('to'), 'utf8'))) torn++
  })()
  for (let i = 1; i <= 20; i++) await put(testContext(), at(`src${i % 2}`), at('to'))
  busy = false
  await reading
  expect(torn).toBe(0)
})

test('whatever tool for SHA-256 there is does; without one the put is refused', async () => {
  mkdirSync(at('bin'))
  const tools = 'sh cat ls rm mkdir chmod chown dd mv wc find cut od head tar openssl shasum perl env'.split(
    ' ',
  )
  for (const tool of tools) {
    const where = execFileSync('sh', ['-c', `command -v ${tool} || true`], { encoding: 'utf8' }).trim()
    if (where !== '') symlinkSync(where, at('bin', tool))
  }
  const context = testContext(shellSession({ command: ['/bin/sh'], path: at('bin') }))
  source('a folder')
  for (const tool of ['shasum', 'openssl']) {
    expect((await put(context, `${at('src')}/`, at(`to-${tool}`))).failure).toBeUndefined()
    expect((await put(context, `${at('src')}/`, at(`to-${tool}`))).outcome).toBe('ok')
    unlinkSync(at('bin', tool))
  }
  const refused = await put(context, at('src/small'), at('to'))
  expect(refused.failure?.message).toMatch(/no tool for SHA-256/)
})

describeWith(['root', 'mount'], 'put on a file system with limits', () => {
  const mounted = async (options: string, use: (folder: string) => Promise<void>) => {
    mkdirSync(at('disk'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at('disk')])
    try {
      await use(at('disk'))
    } finally {
      execFileSync('umount', [at('disk')])
    }
  }

  test.each(SOURCES)('a full disk is said, and nothing of %s is left on it', async kind => {
    await mounted('size=1m', async disk => {
      const result = await put(testContext(), source(kind), disk)
      expect(result.failure).toMatchObject({ code: 'remote_file' })
      expect(result.failure?.message).toMatch(/No space left on device/)
      expect(readdirSync(disk)).toEqual([])
    })
  })

  test.each(SOURCES)('a read-only file system is said for %s', async kind => {
    await mounted('ro', async disk => {
      const result = await put(testContext(), source(kind), disk)
      expect(result.failure?.message).toMatch(/can't write in the folder.*Read-only file system/)
    })
  })
})
