import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Action, Become } from '../../../src/model/action.ts'
import { createSteps } from '../../../src/steps/index.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { addDoasRule, setSudoers } from '../../sshd/rights.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { testContext } from '../../steps/context.ts'
import { connect, PASSWORD } from './sessions.ts'

const WAYS = [
  ['sudo without a password', 'sudo', undefined],
  ['sudo with a password', 'sudo', PASSWORD],
  ['doas without a password', 'doas', undefined],
  ['doas with a password', 'doas', PASSWORD],
] as const

for (const [title, method, password] of WAYS) {
  describeWith(['root', 'sshd', 'sudo', 'doas', 'script'], `steps by ${title}`, () => {
    let server: TestServer
    let folder: string
    const steps = createSteps()
    const become: Become = { method, user: 'root' }

    beforeAll(async () => {
      server = await startSshd({ account: { password: PASSWORD } })
      const free = password === undefined
      if (method === 'doas') await addDoasRule(`permit ${free ? 'nopass ' : ''}${server.user}`)
      else setSudoers(server.user, [`${server.user} ALL=(ALL) ${free ? 'NOPASSWD: ' : ''}ALL`])
      // Root's: the login can neither write nor look into it.
      folder = mkdtempSync(join(tmpdir(), 'drover-become-'))
    })
    afterAll(async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    async function apply(action: object, as: Become | undefined = become) {
      const session = await connect(server, password)
      const whole = { timeoutMs: 30_000, parents: false, ...action, ...(as && { become: as }) }
      return steps(whole as Action, testContext(session))
    }

    function localFolder(): string {
      const local = mkdtempSync(join(tmpdir(), 'drover-local-'))
      onTestFinished(() => rmSync(local, { recursive: true, force: true }))
      return local
    }

    test.each([1000, 100_000, 3_000_000])('a file of %i bytes goes and comes', async size => {
      const local = localFolder()
      const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) % 256))
      writeFileSync(join(local, 'data'), bytes)
      const dest = join(folder, `data${size}`)
      const put = {
        kind: 'put',
        source: { kind: 'src', text: join(local, 'data') },
        dest,
        mode: '0600',
        owner: 'nobody',
      }
      expect(await apply(put)).toMatchObject({ outcome: 'changed' })
      expect(readFileSync(dest).equals(bytes)).toBe(true)
      expect(statSync(dest).mode & 0o777).toBe(0o600)
      expect(execFileSync('stat', ['-c', '%U', dest], { encoding: 'utf8' })).toBe('nobody\n')
      expect(await apply(put)).toMatchObject({ outcome: 'ok' })
      const get = { kind: 'get', src: dest, dest: join(local, 'web1') }
      expect(await apply(get)).toMatchObject({ outcome: 'ok' })
      expect(readFileSync(join(local, `web1/data${size}`)).equals(bytes)).toBe(true)
    })

    test('a folder goes and comes', async () => {
      const local = localFolder()
      for (const name of ['a', 'b/c', "it's"]) {
        mkdirSync(join(local, 'tree', name), { recursive: true })
        writeFileSync(join(local, 'tree', name, 'file'), Buffer.alloc(40_000, name))
      }
      const put = { kind: 'put', source: { kind: 'src', text: join(local, 'tree') }, dest: `${folder}/` }
      expect(await apply(put)).toMatchObject({ outcome: 'changed' })
      expect(await apply(put)).toMatchObject({ outcome: 'ok' })
      const get = { kind: 'get', src: join(folder, 'tree'), dest: join(local, 'back') }
      const got = await apply(get)
      expect(got.failure).toBeUndefined()
      execFileSync('diff', ['-r', join(local, 'tree'), join(local, 'back/tree')])
    })

    test('a command, its guards and its folder', async () => {
      const run = { kind: 'run', env: [], creates: [], removes: [], readOnly: false }
      const made = { ...run, cwd: folder, creates: ['made'], script: 'id -un; touch made' }
      expect(await apply(made)).toMatchObject({ outcome: 'changed', stdout: { head: 'root\n' } })
      expect(await apply(made)).toMatchObject({ outcome: 'ok', stdout: { head: '' } })
      const relative = { kind: 'put', source: { kind: 'content', text: 'x' }, dest: 'missing/there' }
      expect((await apply(relative)).failure?.message).toMatch(/missing/)
    })

    test('without it, the login is refused', async () => {
      chmodSync(folder, 0o700)
      const put = { kind: 'put', source: { kind: 'content', text: 'x' }, dest: join(folder, 'x') }
      const result = await steps(
        { ...put, timeoutMs: 30_000, parents: false } as Action,
        testContext(await connect(server, password)),
      )
      expect(result.outcome).toBe('failed')
    })

    test('a time limit ends what root does', async () => {
      const run = { kind: 'run', env: [], creates: [], removes: [], readOnly: false }
      const result = await apply({ ...run, script: 'sleep 1000', timeoutMs: 1500 })
      expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'step_timeout' } })
      expect(result.failure?.message).not.toContain('did not confirm')
    })
  })
}
