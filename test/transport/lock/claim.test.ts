import { execFile, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { claimCode, releaseScript, renewalCode } from '../../../src/transport/lock/claim.ts'
import { entryText, lockEntry } from '../../../src/transport/lock/entry.ts'
import { readLockReport } from '../../../src/transport/lock/report.ts'
import { payload, WRAPPER_ARGV } from '../../../src/transport/wrapper.ts'
import { describeWith } from '../../sshd/requirements.ts'

/** Shells that are /bin/sh somewhere. */
const SHELLS: readonly (readonly [program: string, argv: readonly string[]])[] = [
  ['sh', []],
  ['dash', []],
  ['bash', ['--posix']],
  ['busybox', ['sh']],
  ['zsh', ['--emulate', 'sh']],
]

const PLACE = { user: 'login', local: true } as const
const BOOT = '/proc/sys/kernel/random/boot_id'
const bootId = () => readFileSync(BOOT, 'utf8').trim()
const uptime = () => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]))

function homeFolder(): string {
  const home = mkdtempSync(join(tmpdir(), "drover lock's-"))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

const ELSEWHERE = { boot: 'feedbeef', pids: 'pid:[1]', pid: 7, start: '9' }

interface Taker {
  readonly run: string
  readonly host?: string
  readonly nonce?: string
  readonly playbook?: string
  readonly controller?: typeof ELSEWHERE
  readonly dead?: string
}

function entryOf({ run, host = 'web1', nonce = 'aa' }: Taker) {
  return lockEntry(run, host, 'login', nonce)
}

function codeOf(taker: Taker): string {
  const { run, host = 'web1', playbook = 'Deploy', controller = ELSEWHERE, dead } = taker
  const owner = { run, who: 'ann@desk', since: '2026-11-21T01:42:33Z', playbook, controller }
  return claimCode(PLACE, entryOf(taker), entryText(owner, host), dead)
}

const lockIn = (home: string) => join(home, '.drover', `lock.local.${hostname()}`)

for (const [shell, options] of SHELLS) {
  describeWith([shell], `the lock taken by ${shell}`, () => {
    const say = async (home: string, code: string): Promise<string> => {
      const child = spawn(shell, [...options, '-c', code], {
        env: { PATH: process.env.PATH, HOME: home },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return text(child.stdout)
    }
    const claim = async (home: string, taker: Taker) => readLockReport(await say(home, codeOf(taker)))
    const release = (home: string, taker: Taker) => say(home, releaseScript(PLACE, entryOf(taker), undefined))

    test('one run has it until it gives it back, and nothing stays behind', async () => {
      const home = homeFolder()
      const path = join(lockIn(home), entryOf({ run: 'r1' }).name)
      expect(await claim(home, { run: 'r1' })).toEqual({ kind: 'taken', path })
      const holder = 'run r1 of ann@desk (Deploy) since 2026-11-21T01:42:33Z'
      const entry = entryOf({ run: 'r1' }).name
      expect(await claim(home, { run: 'r2' })).toEqual({ kind: 'held', holder, entry, controller: ELSEWHERE })
      await release(home, { run: 'r2' })
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'held' })
      await release(home, { run: 'r1' })
      expect(readdirSync(home)).toEqual([])
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'taken' })
    })

    test('what is known to be of a dead run is taken over', async () => {
      const home = homeFolder()
      await claim(home, { run: 'r1' })
      expect(await claim(home, { run: 'r2', dead: 'r9.another' })).toMatchObject({ kind: 'held' })
      const dead = entryOf({ run: 'r1' }).name
      expect(await claim(home, { run: 'r2', dead })).toMatchObject({ kind: 'taken' })
      expect(readdirSync(lockIn(home))).toEqual([entryOf({ run: 'r2' }).name])
    })

    test('two names of one machine share it, and the last one gives it back', async () => {
      const home = homeFolder()
      expect(await claim(home, { run: 'r1', host: 'a' })).toMatchObject({ kind: 'taken' })
      expect(await claim(home, { run: 'r1', host: 'b' })).toMatchObject({ kind: 'taken' })
      await release(home, { run: 'r1', host: 'a' })
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'held' })
      await release(home, { run: 'r1', host: 'b' })
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'taken' })
    })

    test('a run that goes on takes over what its killed worker left', async () => {
      const home = homeFolder()
      await claim(home, { run: 'r1', nonce: 'aa' })
      expect(await claim(home, { run: 'r1', nonce: 'bb' })).toMatchObject({ kind: 'taken' })
      expect(readdirSync(lockIn(home))).toEqual([entryOf({ run: 'r1', nonce: 'bb' }).name])
    })

    test('a lease that is over, another boot and garbage are no lock; one that lasts is', async () => {
      const forge = async (line: string) => {
        const home = homeFolder()
        mkdirSync(lockIn(home), { recursive: true, mode: 0o700 })
        writeFileSync(join(lockIn(home), 'r1.x.login.y'), line)
        return (await claim(home, { run: 'r2' })).kind
      }
      const rest = 'feedbeef pid:[1] 7 9 {"v":1}\n'
      expect(await forge(`${bootId()} ${uptime() - 1} ${rest}`)).toBe('taken')
      expect(await forge(`6158be11-0000-4f5b-8039-36ef3230b151 ${uptime() + 1000} ${rest}`)).toBe('taken')
      expect(await forge(`${bootId()} 1e9 ${rest}`)).toBe('taken')
      expect(await forge(`${bootId()} 99999999999999999999 ${rest}`)).toBe('taken')
      expect(await forge('')).toBe('taken')
      expect(await forge('\0\0\n')).toBe('taken')
      expect(await forge(`${bootId()} ${uptime() + 1000} ${rest}`)).toBe('held')
    })

    test('a controller of this machine that is gone has no lock', async () => {
      const child = spawn('sleep', ['60'])
      onTestFinished(() => void child.kill('SIGKILL'))
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string
      const pids = readlinkSync('/proc/self/ns/pid')
      const controller = { boot: bootId(), pids, pid: child.pid as number, start }
      const home = homeFolder()
      await claim(home, { run: 'r1', controller })
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'held' })
      child.kill('SIGKILL')
      await new Promise(resolve => child.on('close', resolve))
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'taken' })
      // Its number may have been given to another process.
      const other = homeFolder()
      await claim(other, { run: 'r1', controller: { ...controller, pid: process.pid } })
      expect(await claim(other, { run: 'r2' })).toMatchObject({ kind: 'taken' })
    })

    test('a symbolic link is not followed', async () => {
      const [home, elsewhere] = [homeFolder(), homeFolder()]
      symlinkSync(elsewhere, join(home, '.drover'))
      expect(await claim(home, { run: 'r1' })).toEqual({
        kind: 'missed',
        why: `${home}/.drover is a symbolic link`,
      })
      rmSync(join(home, '.drover'))
      mkdirSync(join(home, '.drover'))
      symlinkSync(elsewhere, lockIn(home))
      expect(await claim(home, { run: 'r1' })).toEqual({
        kind: 'missed',
        why: `${lockIn(home)} is a symbolic link`,
      })
      symlinkSync('/nowhere', join(elsewhere, 'dangling'))
      rmSync(lockIn(home))
      symlinkSync(join(elsewhere, 'dangling'), lockIn(home))
      expect((await claim(home, { run: 'r1' })).kind).toBe('missed')
      expect(readdirSync(elsewhere)).toEqual(['dangling'])
    })

    test('without a home there is none, and it says why', async () => {
      expect(await claim('/nonexistent', { run: 'r1' })).toMatchObject({ kind: 'missed' })
      expect(await claim('/proc', { run: 'r1' })).toMatchObject({ kind: 'missed' })
      expect(await claim('', { run: 'r1' })).toMatchObject({ kind: 'missed' })
    })

    test('any text of the owner comes back as words on one line', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async playbook => {
          const home = homeFolder()
          await claim(home, { run: 'r1', playbook })
          const report = await claim(home, { run: 'r2' })
          expect(report.kind).toBe('held')
          if (report.kind === 'held') expect(report.holder).toMatch(/^run r1 of ann@desk [^\p{Cc}]*$/u)
        }),
        { numRuns: 10, seed: 7 },
      )
    })

    test('a heartbeat renews the lease, in place, unless that is over', async () => {
      const home = homeFolder()
      const report = await claim(home, { run: 'r1' })
      const path = report.kind === 'taken' ? report.path : ''
      const leaseOf = () => Number(readFileSync(path, 'utf8').split(/ +/)[1])
      const withLease = (seconds: number) => {
        const [boot, , ...rest] = readFileSync(path, 'utf8').split(/ +/)
        const lease = String(uptime() + seconds).padStart(12)
        writeFileSync(path, `${boot} ${lease} ${rest.join(' ')}`)
      }
      withLease(5)
      const before = readFileSync(path, 'utf8').length
      await say(home, renewalCode(path))
      expect(leaseOf()).toBeGreaterThan(uptime() + 60)
      expect(readFileSync(path, 'utf8').length).toBe(before)
      expect(await claim(home, { run: 'r2' })).toMatchObject({ kind: 'held' })
      withLease(-5)
      await say(home, renewalCode(path))
      expect(leaseOf()).toBeLessThan(uptime())
      rmSync(path)
      await say(home, renewalCode(path))
      expect(existsSync(path)).toBe(false)
    })

    test('of runs that come at once never two have it, and in the end one has had it', async () => {
      const home = homeFolder()
      // A stale lock to begin with, so that taking over is raced for too.
      mkdirSync(lockIn(home), { recursive: true, mode: 0o700 })
      writeFileSync(join(lockIn(home), 'r0.x.login.y'), `other 5 feedbeef pid:[1] 7 9 {"v":1}\n`)
      const takers = Array.from({ length: 8 }, (_, index) => {
        const taker = { run: `r${index + 1}`, nonce: `n${index}` }
        const inside = join(home, 'inside')
        return `k=0; while [ $k -lt 12 ]; do k=$((k+1)); r=$( { ${codeOf(taker)} } 2>/dev/null );
case $r in taken*) mkdir '${inside.replaceAll("'", "'\\''")}' || echo BOTH; echo had; rmdir '${inside.replaceAll("'", "'\\''")}';
( ${releaseScript(PLACE, entryOf(taker), undefined)} );; esac; done`
      })
      const said = await Promise.all(takers.map(code => say(home, code)))
      expect(said.join('')).not.toContain('BOTH')
      expect(said.join('')).toContain('had')
      expect(await claim(home, { run: 'last' })).toMatchObject({ kind: 'taken' })
    })

    test('in front of a command: it tells, leaves no trace, and a held lock runs nothing', async () => {
      const home = homeFolder()
      const mark = '00ff00ff00ff00ff'
      const wrapped = async (taker: Taker, script: string) => {
        const child = spawn(shell, [...options, '-c', WRAPPER_ARGV[2]], {
          detached: true,
          env: { PATH: process.env.PATH, HOME: home },
          stdio: ['pipe', 'pipe', 'ignore'],
        })
        child.stdin.on('error', () => {})
        const lock = { claim: codeOf(taker), told: () => undefined, renewal: () => '' }
        const request = { script, env: [], stdin: { kind: 'text', text: 'input' }, lock } as const
        child.stdin.write(payload(request, mark, { group: 'own', stderrMarked: true }))
        const said = await text(child.stdout)
        child.stdin.destroy()
        return said
      }
      const ran = await wrapped({ run: 'r1' }, 'cat; set; umask')
      expect(ran.startsWith(`${mark}[taken ${lockIn(home)}/r1.`)).toBe(true)
      expect(ran).toMatch(new RegExp(`\n${mark}\\d+\\.input`))
      expect(ran).not.toMatch(/^(__|drover_|stale|look|put)/m)
      const held = await wrapped({ run: 'r2' }, 'echo ran')
      expect(held).toMatch(new RegExp(`^${mark}\\[held \\d+ r1\\.[^\n]*\n$`))
    })
  })
}

describe('a full disk', () => {
  const run = promisify(execFile)

  test('takes no lock away, and lets none be taken', async () => {
    if (process.getuid?.() !== 0) return
    const home = homeFolder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', home], { stdio: 'ignore' })
    } catch {
      return
    }
    try {
      const env = { PATH: process.env.PATH, HOME: home }
      const say = async (code: string) => (await run('/bin/sh', ['-c', code], { env })).stdout
      const report = readLockReport(await say(codeOf({ run: 'r1' })))
      expect(report.kind).toBe('taken')
      const fill = () => run('/bin/sh', ['-c', 'cat /dev/zero >> "$HOME/full"'], { env }).catch(() => {})
      await fill()
      await say(renewalCode(report.kind === 'taken' ? report.path : ''))
      expect(readLockReport(await say(codeOf({ run: 'r1' })))).toMatchObject({ kind: 'taken' })
      expect(readLockReport(await say(codeOf({ run: 'r2' })))).toMatchObject({ kind: 'held' })
      await say(releaseScript(PLACE, entryOf({ run: 'r1' }), undefined))
      await fill()
      expect(readLockReport(await say(codeOf({ run: 'r2' })))).toMatchObject({ kind: 'missed' })
      expect(existsSync(lockIn(home))).toBe(false)
    } finally {
      execFileSync('umount', [home])
    }
  })

  test('nor does a folder that another user owns', async () => {
    if (process.getuid?.() !== 0) return
    const home = homeFolder()
    mkdirSync(join(home, '.drover'))
    execFileSync('chown', ['65534', join(home, '.drover')])
    chmodSync(join(home, '.drover'), 0o777)
    const { stdout } = await run('/bin/sh', ['-c', codeOf({ run: 'r1' })], {
      env: { ...process.env, HOME: home },
    })
    expect(readLockReport(stdout)).toEqual({
      kind: 'missed',
      why: `${home}/.drover belongs to somebody else`,
    })
  })
})
