import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import { addDoasRule, setSudoers } from '../../sshd/rights.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../step-processes.ts'
import { PASSWORD } from './sessions.ts'

const SRC = join(import.meta.dirname, '../../../src')

/** Runs a step on this machine in a process of an ordinary user; `then` is JavaScript about `exec`. */
async function stepOf({ home }: TestServer, method: string, script: string, then = ''): Promise<unknown> {
  const { uid, gid } = statSync(home)
  const code = `
    import { createLocalTransport } from ${JSON.stringify(join(SRC, 'transport/local.ts'))}
    import { Secret } from ${JSON.stringify(join(SRC, 'model/secret.ts'))}
    const connection = { become: { always: true, password: new Secret(process.env.PASSWORD) } }
    const session = await createLocalTransport().connect({ connection }, new AbortController().signal)
    let out = ''
    const request = { script: process.env.SCRIPT, env: [], stdin: { kind: 'stream' } }
    const become = { method: ${JSON.stringify(method)}, user: 'root' }
    const exec = session.exec({ ...request, become }, { onStdout: c => { out += c; if (out === 'up\\n') { ${then} } }, onStderr: () => {} })
    if (!process.env.SCRIPT.includes('sleep')) exec.end()
    console.log(JSON.stringify({ out, end: await exec.done, stdout: out }))
    session.end()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    ...{ uid, gid, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] as const },
    env: { PATH: process.env.PATH, HOME: home, PASSWORD, SCRIPT: script },
  })
  return JSON.parse(await text(child.stdout))
}

describeWith(['root', 'sshd', 'sudo', 'doas', 'script'], 'this machine, for a user who is not root', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: { password: PASSWORD } })
    setSudoers(server.user, [`${server.user} ALL=(ALL) ALL`])
    await addDoasRule(`permit ${server.user}`)
  })
  afterAll(() => server.stop())

  test.each(['sudo', 'doas'])('%s with a password', async method => {
    expect(await stepOf(server, method, 'id -un; cat')).toMatchObject({
      end: { kind: 'exit', code: 0 },
      stdout: 'root\n',
    })
  })

  test.each(['sudo', 'doas'])('%s: a stopped step leaves no process of root', async method => {
    const seconds = uniqueSeconds()
    const stopped = await stepOf(server, method, `echo up; sleep ${seconds}`, `exec.stop('timeout')`)
    expect(stopped).toMatchObject({ end: { kind: 'stopped', reason: 'timeout', confirmed: true } })
    await untilGone(seconds)
  })
})
