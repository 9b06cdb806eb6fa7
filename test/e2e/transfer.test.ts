import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, eventsOf, type Finished, outcomesOf, startDrover } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

describeWith(['root', 'sshd', 'mount'], 'files', () => {
  let good: TestServer
  let sick: TestServer
  beforeAll(async () => {
    ;[good, sick] = await Promise.all([startSshd({ account: {}, sftp: false }), startSshd({ account: {} })])
    for (const { home } of [good, sick]) chmodSync(home, 0o777)
  })
  afterAll(async () => {
    await Promise.all([good.stop(), sick.stop()])
  })

  function start(cwd: string, verb: 'put' | 'get', ...words: string[]) {
    const hosts = writeHosts(cwd, { good, sick })
    return startDrover([verb, ...hosts, '-g', 'all', '--format', 'json', ...words], { cwd })
  }

  /** What lies in a home folder, but for what each login has. */
  function listing(server: TestServer): string[] {
    return readdirSync(server.home).toSorted()
  }

  test('a tree of every kind of name and size goes there and back the same, and stays as it is the second time', async () => {
    const cwd = workFolder()
    makeTree(join(cwd, 'tree'))
    const hosts = writeHosts(cwd, { good, sick })
    const play = writePlaybook(
      cwd,
      `  - { id: there, put: { src: tree/, dest: there, mode: "0640" } }
  - { id: back, get: { src: there, dest: back/ } }
`,
    )
    const apply = () => drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    const first = await apply()
    expect(first.status).toBe(0)
    expect(outcomesOf(first)).toMatchObject({ 'good there': 'changed', 'good back': 'ok' })
    for (const name of ['good', 'sick']) {
      expect(digests(join(cwd, 'back', name, 'there'))).toBe(digests(join(cwd, 'tree')))
    }
    expect(modes(join(good.home, 'there'))).toEqual(['640'])
    const second = await apply()
    expect(Object.values(outcomesOf(second))).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  test('a reader of the target never sees half a file, though the upload is killed', async () => {
    const cwd = workFolder()
    const target = join(sick.home, 'target')
    writeFileSync(target, 'old')
    execFileSync('chown', [`${sick.user}:`, target])
    writeFileSync(join(cwd, 'new'), Buffer.alloc(200 << 20, 'n'))
    const before = listing(sick)
    const running = start(cwd, 'put', 'new', target, '-l', 'sick')
    const sizes = new Set<number>()
    const staged = () => {
      sizes.add(statSync(target).size)
      return listing(sick).length > before.length
    }
    await expect.poll(staged, { timeout: 20_000, interval: 5 }).toBe(true)
    for (const pid of sick.sessions()) process.kill(pid, 'SIGKILL')
    const watch = setInterval(staged, 20)
    const finished = await running.finished
    clearInterval(watch)
    expect(endsOf(finished)['sick put']).toMatchObject({ outcome: 'changed' })
    expect(eventsOf(finished).map(({ event }) => event)).toContain('node_retried')
    expect(finished.peakMb).toBeLessThan(450)
    await expect.poll(() => listing(sick), { timeout: 10_000 }).toEqual(before)
    staged()
    expect([...sizes]).toEqual([3, 200 << 20])
  })

  test.for(['SIGINT', 'SIGKILL'] as const)('an upload that %s ends leaves nothing behind', async signal => {
    const cwd = workFolder()
    writeFileSync(join(cwd, 'new'), Buffer.alloc(200 << 20, 'n'))
    const before = listing(sick)
    const running = start(cwd, 'put', 'new', join(sick.home, 'interrupted'), '-l', 'sick')
    await expect
      .poll(() => listing(sick).length, { timeout: 20_000, interval: 5 })
      .toBeGreaterThan(before.length)
    process.kill(running.pid, signal)
    const { status } = await running.finished
    expect(status).toBe(signal === 'SIGINT' ? 130 : 'SIGKILL')
    await expect.poll(() => listing(sick), { timeout: 10_000 }).toEqual(before)
  })

  test('a full disk on one side or the other', async () => {
    const cwd = workFolder()
    writeFileSync(join(cwd, 'new'), randomBytes(4 << 20))
    const remote = join(sick.home, 'full')
    const local = join(cwd, 'full')
    for (const folder of [remote, local]) mkdirSync(folder)
    writeFileSync(join(good.home, 'big'), randomBytes(4 << 20))
    writeFileSync(join(sick.home, 'big'), 'small')
    mount(remote)
    mount(local)
    try {
      const put = await start(cwd, 'put', 'new', `${remote}/new`, '-l', 'sick').finished
      expect(failureOf(put, 'sick put')).toMatch(
        /^remote_file can't write 4\.2 MB .*No space left on device$/,
      )
      expect(readdirSync(remote)).toEqual([])
      const get = await start(cwd, 'get', 'big', 'full/').finished
      expect(failureOf(get, 'good get')).toMatch(/^local_file .*ENOSPC/)
      expect(outcomesOf(get)).toMatchObject({ 'sick get': 'ok' })
      expect(readdirSync(join(local, 'good'))).toEqual([])
    } finally {
      for (const folder of [remote, local]) execFileSync('umount', [folder])
    }
  })

  test.for<[src: string, dest: string, failure: RegExp]>([
    ['file', 'readonly/f', /^remote_file can't write in the folder of .*Permission denied/],
    ['file', 'missing/f', /^remote_file the folder for .* does not exist/],
    ['file', 'fifo', /^remote_file .* is a device, pipe or socket/],
    ['/dev/zero', 'zero', /^local_file .* is not a regular file/],
  ])('put %s to %s fails with a reason', async ([src, dest, failure]) => {
    const cwd = workFolder()
    writeFileSync(join(cwd, 'file'), 'x')
    mkdirSync(join(sick.home, 'readonly'), { recursive: true })
    chmodSync(join(sick.home, 'readonly'), 0o555)
    if (!existsSync(join(sick.home, 'fifo'))) execFileSync('mkfifo', [join(sick.home, 'fifo')])
    const finished = await start(cwd, 'put', src, dest, '-l', 'sick').finished
    expect(failureOf(finished, 'sick put')).toMatch(failure)
    expect(finished.status).toBe(1)
  })

  test.for<[src: string, dest: string, result: RegExp]>([
    ['/proc/version', 'out/', /^ok/],
    ['/dev/zero', 'out/', /^remote_file .* is a device, pipe or socket/],
    ['missing', 'out/', /^remote_file nothing on the host is or matches/],
    ['/etc/shadow', 'out/', /^remote_file can't read .*Permission denied/],
    ['loop', 'out/', /^ok/],
    ['loop/file', 'file', /^local_file /],
    ['loop/file', 'linked/', /^local_file .* is no real folder/],
  ])('get %s to %s', async ([src, dest, result]) => {
    const cwd = workFolder()
    mkdirSync(join(sick.home, 'loop'), { recursive: true })
    writeFileSync(join(sick.home, 'loop/file'), 'x')
    for (const [name, to] of [
      ['up', '..'],
      ['self', 'self'],
    ] as const) {
      if (!readdirSync(join(sick.home, 'loop')).includes(name)) symlinkSync(to, join(sick.home, 'loop', name))
    }
    writeFileSync(join(cwd, 'file'), '')
    mkdirSync(join(cwd, 'elsewhere'))
    mkdirSync(join(cwd, 'linked'))
    symlinkSync('../elsewhere', join(cwd, 'linked/sick'))
    const finished = await start(cwd, 'get', src, dest, '-l', 'sick').finished
    expect(failureOf(finished, 'sick get')).toMatch(result)
    expect(readdirSync(join(cwd, 'elsewhere'))).toEqual([])
  })
})

/** A node's failure in one line, or its outcome. */
function failureOf(finished: Pick<Finished, 'stdout'>, node: string): string {
  const { outcome, failure } = endsOf(finished)[node] ?? {}
  return failure === undefined ? `${outcome}` : `${failure.code} ${failure.message}`
}

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=777', 'none', folder])
}

const NAMES = [
  'plain',
  'with space',
  "quo'te",
  'dou"ble',
  'new\nline',
  '-dash',
  '$(touch x)',
  'ünï',
  '*',
  '\\',
]

function makeTree(folder: string): void {
  for (const [index, name] of NAMES.entries()) {
    mkdirSync(join(folder, `d${name}`), { recursive: true })
    const file = join(folder, `d${name}`, name)
    writeFileSync(file, randomBytes([0, 1, 1000, 70_000, 3 << 20][index % 5] ?? 0))
  }
  mkdirSync(join(folder, 'many'))
  for (let index = 0; index < 1000; index++) writeFileSync(join(folder, 'many', `${index}`), `${index}`)
}

/** One digest over all names and contents. */
function digests(folder: string): string {
  const line = 'find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum'
  return execFileSync('/bin/sh', ['-c', line], { cwd: folder, encoding: 'utf8' })
}

/** Those that occur. */
function modes(folder: string): readonly string[] {
  const text = execFileSync('find', ['.', '-type', 'f', '-printf', '%m\\n'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return [...new Set(text.trim().split('\n'))]
}
