import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { UPLOAD_GUARD } from '../../src/steps/put/upload-guard.ts'
import { prologue } from '../../src/steps/remote-script.ts'
import { processesNaming } from '../transport/step-processes.ts'
import { SHELLS, type Shell } from './shells.ts'
import { tempFolder } from './temp.ts'

/** Of a guard that looks six times a second. */
const LOOK = 'sleep 0.15'

const temp = tempFolder()

/** What an upload does, with a quick guard whose sleeper can be told from those of others. */
function startUpload({ command, path }: Shell) {
  const [program = '', ...words] = command
  const stage = mkdtempSync(join(temp.path, 'stage-'))
  const guard = UPLOAD_GUARD.replace(/sleep \d+/, LOOK)
  const text = `${prologue('abc')}t=${stage}\n${guard}guarded\ncat >"$t/f" || { unguarded; fail write; }\nunguarded\nfinish wrote\n`
  const child = spawn(program, [...words, '-c', text], {
    detached: true,
    env: { ...process.env, ...(path === undefined ? {} : { PATH: path }) },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.on('error', () => {})
  let said = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    said += chunk
  })
  return { child, stage, said: () => said, ended: once(child, 'close') }
}

test.for(SHELLS)(
  '%s: an upload to which nothing comes any more ends, and what is staged goes',
  async ([, shell]) => {
    const upload = startUpload(shell)
    upload.child.stdin.write('half')
    const [code, signal] = await upload.ended
    expect(code ?? signal).not.toBe(0)
    expect(upload.said()).toBe('')
    await expect.poll(() => existsSync(upload.stage), { timeout: 10_000 }).toBe(false)
  },
)

test.for(SHELLS)('%s: a slow one does not, and its guard goes with it', async ([, shell]) => {
  const upload = startUpload(shell)
  for (let piece = 0; piece < 30; piece++) {
    upload.child.stdin.write('piece')
    await sleep(50)
  }
  upload.child.stdin.end()
  const [code] = await upload.ended
  expect([code, upload.said()]).toEqual([0, 'abc done wrote\n'])
  await expect.poll(() => processesNaming(upload.stage), { timeout: 10_000 }).toEqual([])
})
