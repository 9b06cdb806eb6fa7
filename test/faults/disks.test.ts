import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { drover, endsOf, type Finished, outcomesOf } from '../e2e/drover.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'

describeWith(['root', 'sshd', 'mount'], 'a host whose disk takes nothing', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())

  /** A small file system on the host with a file `old`, then without room or without leave to write. */
  function badDisk(how: 'full' | 'read-only'): string {
    const folder = join(server.home, how)
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=777', 'drover-test', folder])
    onTestFinished(() => void execFileSync('umount', ['-l', folder]))
    writeFileSync(join(folder, 'old'), 'old', { mode: 0o666 })
    execFileSync('chown', [server.user, join(folder, 'old')])
    if (how === 'read-only') execFileSync('mount', ['-o', 'remount,ro', folder])
    else execFileSync('/bin/sh', ['-c', 'cat /dev/zero >"$0/zeros" 2>/dev/null || :', folder])
    return folder
  }

  /** Everything that may write there, each step by itself. */
  const steps = (disk: string) => `steps:
  - { id: text, needs: [], put: { content: new, dest: ${disk}/text } }
  - { id: file, needs: [], put: { src: file, dest: ${disk}/file } }
  - { id: replaced, needs: [same], put: { content: new, dest: ${disk}/old } }
  - { id: same, needs: [], put: { content: old, dest: ${disk}/old } }
  - { id: parents, needs: [], put: { content: new, dest: ${disk}/a/b/text, parents: true } }
  - { id: filled, needs: [], put: { template: template, dest: ${disk}/filled } }
  - { id: tree, needs: [], put: { src: tree/, dest: ${disk}/tree } }
  - { id: command, needs: [], run: "echo new > text", cwd: ${disk} }
  - { id: elsewhere, needs: [], run: "true", cwd: ${disk} }
`

  async function writeEverything(disk: string): Promise<Finished> {
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree'))
    for (const name of ['file', 'tree/a', 'tree/b']) writeFileSync(join(cwd, name), name.repeat(100_000))
    writeFileSync(join(cwd, 'template'), 'for ${{ host.name }}')
    const play = join(cwd, 'play.yml')
    writeFileSync(play, `name: Test\nhosts: all\n${steps(disk)}`)
    return drover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json'], { cwd })
  }

  test.for([
    // dash's own echo does not tell why it could not write.
    ['full', /No space left on device|echo: I\/O error/],
    ['read-only', /Read-only file system/],
  ] as const)(
    '%s: each step that writes fails and says so, and what was there is as it was',
    async ([how, words]) => {
      const disk = badDisk(how)
      const before = readdirSync(disk)
      const finished = await writeEverything(disk)
      expect(finished.stderr).toBe('')
      const { 'h1 same': same, 'h1 elsewhere': elsewhere, ...writing } = endsOf(finished)
      expect(same?.outcome).toBe('ok')
      expect(elsewhere?.outcome).toBe('changed')
      expect(Object.keys(writing)).toHaveLength(7)
      for (const [node, { outcome, failure }] of Object.entries(writing)) {
        expect([node, outcome, failure?.message]).toEqual([node, 'failed', expect.stringMatching(words)])
      }
      expect(finished.status).toBe(1)
      expect(readdirSync(disk).filter(name => !before.includes(name))).toEqual(how === 'full' ? ['text'] : [])
      expect(readFileSync(join(disk, 'old'), 'utf8')).toBe('old')
    },
  )

  test('full at home: what needs no room there is done', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=777', 'drover-test', server.home])
    onTestFinished(() => void execFileSync('umount', ['-l', server.home]))
    execFileSync('/bin/sh', ['-c', 'cat /dev/zero >"$0/zeros" 2>/dev/null || :', server.home])
    const cwd = workFolder()
    const play = writePlaybook(
      cwd,
      `  - { id: input, run: "test $(cat | wc -c) = 100000", stdin: "${'x'.repeat(100_000)}" }
  - { id: long, run: ": ${'x'.repeat(50_000)}" }
  - { id: back, get: { src: zeros, dest: got/ } }
  - { id: family, run: "test -n \${{ facts.os.family }}" }
`,
    )
    const finished = await drover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json'], {
      cwd,
    })
    expect(finished.stderr).toBe('')
    expect(outcomesOf(finished)).toMatchObject({
      'h1 input': 'changed',
      'h1 long': 'changed',
      'h1 back': 'ok',
      'h1 family': 'changed',
    })
  })
})
