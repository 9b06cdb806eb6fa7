import { expect, onTestFinished, test, vi } from 'vitest'
import { drover } from '../e2e/drover.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { describeWith } from '../sshd/requirements.ts'
import { startSshd } from '../sshd/sshd.ts'
import { recordedCodes } from './recorded.ts'

// A busy machine takes its time to start servers and drover.
vi.setConfig({ testTimeout: 120_000 })

describeWith(['root', 'sshd'], 'a host that takes one session at a time (MaxSessions 1)', () => {
  test('does eight steps of each kind that want to run at once, one after the other', async () => {
    const server = await startSshd({ account: {}, maxSessions: 1 })
    onTestFinished(() => server.stop())
    const cwd = workFolder()
    const each = Array.from(
      { length: 8 },
      (_, at) => `  - { id: run_${at}, needs: [], run: "sleep 0.2; echo ${at}" }
  - { id: put_${at}, needs: [], put: { content: "${at}", dest: file-${at} } }
  - { id: get_${at}, needs: [put_${at}], get: { src: file-${at}, dest: got/ } }
`,
    )
    const hosts = writeHosts(cwd, { h1: server })
    const finished = await drover(
      ['apply', writePlaybook(cwd, each.join('')), ...hosts, '--format', 'lines'],
      {
        cwd,
      },
    )
    expect(finished).toMatchObject({ status: 0, stderr: '' })
    const outcomes = Object.values(recordedCodes(cwd)).toSorted()
    expect(outcomes).toEqual([...Array(16).fill('changed'), ...Array(8).fill('ok')])
  })
})
