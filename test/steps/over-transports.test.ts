import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Action, PutAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import type { Session } from '../../src/transport/transport.ts'
import { describeWith } from '../sshd/requirements.ts'
import { startSshd } from '../sshd/sshd.ts'
import { testContext } from './context.ts'
import { HOSTS, type Host, overSsh } from './hosts.ts'

/** The same session, but what a command reads gets stuck after the first piece. */
function stalling(session: Session): Session {
  return {
    closed: session.closed,
    end: () => session.end(),
    exec(request, handlers) {
      const exec = session.exec(request, handlers)
      let first = true
      return {
        done: exec.done,
        end: () => exec.end(),
        stop: reason => exec.stop(reason),
        async write(chunk) {
          if (first) await exec.write(chunk)
          else await exec.done
          first = false
        },
      }
    },
  }
}

const AWKWARD = ['-n', "it's", '$(id)', 'a\nb', '\\', '*', '"', ' ', 'ü€𝄞', '!x', '`y`', '%s']
const limits = { parents: false, timeoutMs: 30_000 } as const
const noGuards = { env: [], creates: [], removes: [], readOnly: false } as const

for (const [name, requirements, start] of HOSTS) {
  describeWith(requirements, `steps over ${name}`, () => {
    const steps = createSteps()
    let host: Host
    let local: string
    const apply = (action: Action) => steps(action, testContext(host.session))
    const put = (src: string, dest: string, more: Partial<PutAction> = {}) =>
      apply({ kind: 'put', source: { kind: 'src', text: src }, dest, ...limits, ...more })
    beforeAll(async () => {
      host = await start()
      local = mkdtempSync(join(tmpdir(), 'drover-local-'))
    })
    afterAll(async () => {
      await host?.end()
      rmSync(local, { recursive: true, force: true })
    })

    test('run: output, status, guards, stdin and odd folders', async () => {
      for (const folder of AWKWARD) {
        const cwd = join(host.folder, 'run', folder)
        const script = `mkdir -p "$DIR"; cat; exit 3`
        const result = await apply({
          ...noGuards,
          ...limits,
          kind: 'run',
          script,
          env: [['DIR', cwd]],
          stdin: `in ${folder}`,
        })
        expect(result).toMatchObject({ outcome: 'failed', exitCode: 3, stdout: { head: `in ${folder}` } })
        const pwd = await apply({ ...noGuards, ...limits, kind: 'run', script: 'pwd; touch made', cwd })
        expect(pwd.stdout.head).toBe(`${cwd}\n`)
        const again = {
          ...noGuards,
          ...limits,
          kind: 'run',
          script: 'exit 1',
          cwd,
          creates: ['made'],
        } as const
        expect((await apply(again)).outcome).toBe('ok')
      }
    })

    test('put and get of files: text, bytes, small and big', async () => {
      for (const [index, name] of AWKWARD.entries()) {
        const bytes = Buffer.alloc(
          index * index * 10_000,
          index % 2 ? `text ü ${name}\n` : Buffer.from([0, 255, index]),
        )
        writeFileSync(join(local, name), bytes)
        expect((await put(join(local, name), `${host.folder}/`)).failure).toBeUndefined()
        expect((await put(join(local, name), host.folder)).outcome).toBe('ok')
        const dest = join(local, 'dest/web1')
        const got = await apply({ kind: 'get', src: join(host.folder, name), dest, timeoutMs: 30_000 })
        expect(got.failure).toBeUndefined()
        expect(readFileSync(join(dest, name)).equals(bytes)).toBe(true)
      }
    })

    test('put and get of a folder', async () => {
      const src = join(local, 'site')
      for (const name of AWKWARD) {
        mkdirSync(join(src, 'sub', name), { recursive: true })
        for (let i = 0; i < 12; i++)
          writeFileSync(join(src, 'sub', name, `${i}`), Buffer.alloc(i * 5000, name))
      }
      expect((await put(src, host.folder)).failure).toBeUndefined()
      execFileSync('diff', ['-r', src, join(host.folder, 'site')])
      expect((await put(src, host.folder)).outcome).toBe('ok')
      const dest = join(local, 'back')
      const got = await apply({ kind: 'get', src: `${host.folder}/site`, dest, timeoutMs: 30_000 })
      expect(got).toMatchObject({ outcome: 'ok' })
      execFileSync('diff', ['-r', src, join(dest, 'site')])
    })

    test('a relative path and ~ start in the home folder', async () => {
      const inHome = host.folder.slice(host.folder.lastIndexOf('/') + 1)
      if (host.server === undefined) return
      const content = { kind: 'content', text: 'x' } as const
      await apply({ kind: 'put', source: content, dest: `${inHome}/relative`, ...limits })
      expect(
        (await apply({ kind: 'put', source: content, dest: `~/${inHome}/relative`, ...limits })).outcome,
      ).toBe('ok')
    })

    test('what the login may not read or write is said in the words of the host', async () => {
      if (host.server === undefined || host.server.user === 'root') return
      const dest = join(local, 'denied')
      const file = await apply({ kind: 'get', src: '/etc/shadow', dest, timeoutMs: 30_000 })
      expect(file.failure?.message).toMatch(/^can't read "\/etc\/shadow" on the host: .*Permission denied/)
      mkdirSync(join(host.folder, 'part'))
      writeFileSync(join(host.folder, 'part/open'), 'open')
      writeFileSync(join(host.folder, 'part/closed'), 'closed', { mode: 0 })
      const folder = await apply({ kind: 'get', src: join(host.folder, 'part'), dest, timeoutMs: 30_000 })
      expect(folder.failure?.message).toMatch(/"part\/closed" can't be read on the host/)
      expect(readFileSync(join(dest, 'part/open'), 'utf8')).toBe('open')
      const put = {
        kind: 'put',
        source: { kind: 'content', text: 'x' },
        dest: '/etc/drover-test',
        ...limits,
      } as const
      expect((await apply(put)).failure?.message).toMatch(/can't write in the folder of .*Permission denied/)
    })

    test('a time limit ends a transfer and leaves nothing behind', async () => {
      mkdirSync(join(host.folder, 'late'))
      chmodSync(join(host.folder, 'late'), 0o777)
      writeFileSync(join(local, 'big'), Buffer.alloc(2_000_000))
      const action: PutAction = {
        kind: 'put',
        source: { kind: 'src', text: join(local, 'big') },
        dest: join(host.folder, 'late'),
        parents: false,
        timeoutMs: 1500,
      }
      const result = await steps(action, testContext(stalling(host.session)))
      expect(result.failure?.code).toBe('step_timeout')
      for (let i = 0; i < 100 && readdirSync(join(host.folder, 'late')).length > 0; i++) await sleep(50)
      expect(readdirSync(join(host.folder, 'late'))).toEqual([])
    })
  })
}

describeWith(['sshd'], 'a link that breaks', () => {
  test('while a file is sent: the outcome is unknown, and nothing is left on the host', async () => {
    const host = await overSsh(startSshd())
    const local = mkdtempSync(join(tmpdir(), 'drover-local-'))
    try {
      writeFileSync(join(local, 'big'), Buffer.alloc(2_000_000))
      const action: PutAction = {
        kind: 'put',
        source: { kind: 'src', text: join(local, 'big') },
        dest: join(host.folder, 'big'),
        ...limits,
      }
      const putting = createSteps()(action, testContext(stalling(host.session)))
      while (readdirSync(host.folder).length === 0) await sleep(5)
      for (const pid of host.server?.sessions() ?? []) process.kill(pid, 'SIGKILL')
      expect(await putting).toMatchObject({ outcome: 'unknown', failure: { code: 'link_lost' } })
      for (let i = 0; i < 100 && readdirSync(host.folder).length > 0; i++) await sleep(50)
      expect(readdirSync(host.folder)).toEqual([])
    } finally {
      rmSync(local, { recursive: true, force: true })
      await host.end()
    }
  })
})
