import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SHELLS, type Shell } from '../../steps/shells.ts'
import { tempFolder } from '../../steps/temp.ts'
import { useWithShell } from '../by-shell.ts'
import { HOSTILE } from '../settle.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

/** Stand-ins come before all else, tools that no busybox has (git) after all else. */
function withStandIns(shell: Shell, { env }: StandIns): Shell {
  const [own, ...rest] = `${env.PATH}`.split(':')
  return { ...shell, path: [own, ...(shell.path === undefined ? [] : [shell.path]), ...rest].join(':') }
}

describe.each(SHELLS)('the library with %s', (_, plain) => {
  const work = tempFolder()
  let host: StandIns
  let shell: Shell
  beforeEach(() => {
    host = standIns(
      'apt-get',
      'dpkg-query',
      'touch',
      'touch-really',
      'rpm',
      'dnf',
      'apk',
      'systemctl',
      'crontab',
    )
    shell = withStandIns(plain, host)
    process.env.STAND_INS = host.env.STAND_INS
  })
  afterEach(() => {
    host.remove()
    delete process.env.STAND_INS
    expect(existsSync(join(work.path, 'pwned'))).toBe(false)
  })

  const at = (name: string) => join(work.path, name)

  /** What the first use did; a second one may do nothing. */
  async function settle(name: string, params: object) {
    const first = await useWithShell(shell, name, { ...params }, work.path)
    const second = await useWithShell(shell, name, { ...params }, work.path)
    expect(new Set(Object.values(second))).toEqual(new Set(['ok']))
    return first
  }

  const CHANGED = { complete: 'ok', present: 'changed' }
  const GONE = { complete: 'ok', absent: 'changed' }

  test('directory and symlink', async () => {
    for (const path of ['plain', HOSTILE, '-rf']) {
      expect(await settle('directory', { path, mode: '2750' })).toEqual({ present: 'changed' })
      expect((statSync(at(path)).mode & 0o7777).toString(8)).toBe('2750')
      expect(await settle('directory', { path, mode: '755' })).toEqual({ present: 'changed' })
      expect((statSync(at(path)).mode & 0o7777).toString(8)).toBe('755')
      expect(await settle('directory', { path, state: 'absent' })).toEqual({ absent: 'changed' })
      for (const target of [work.path, `${HOSTILE}\n`, '/']) {
        expect(await settle('symlink', { path, target })).toEqual(CHANGED)
        expect(readlinkSync(at(path))).toBe(target)
      }
      expect(await settle('symlink', { path, state: 'absent' })).toEqual(GONE)
      expect(existsSync(at(path))).toBe(false)
    }
  })

  test('line_in_file', async () => {
    for (const path of ['plain', HOSTILE, '-e']) {
      writeFileSync(at(path), 'a = 1\nb = 2\na = 3\nlast')
      chmodSync(at(path), 0o640)
      expect(await settle('line_in_file', { path, line: HOSTILE, match: '^a *=' })).toEqual(CHANGED)
      expect(await settle('line_in_file', { path, line: '-n' })).toEqual(CHANGED)
      expect(readFileSync(at(path), 'utf8')).toBe(`a = 1\nb = 2\n${HOSTILE}\nlast\n-n\n`)
      expect(await settle('line_in_file', { path, line: HOSTILE, state: 'absent' })).toEqual(GONE)
      expect(await settle('line_in_file', { path, match: '^(a|b)|-', state: 'absent' })).toEqual(GONE)
      expect(readFileSync(at(path), 'utf8')).toBe('last\n')
      expect((statSync(at(path)).mode & 0o7777).toString(8)).toBe('640')
      await expect(settle('line_in_file', { path, line: 'last', match: '(' })).rejects.toThrow(/grep/)
    }
  })

  test('archive', async () => {
    mkdirSync(at('pack/top'), { recursive: true })
    writeFileSync(at('pack/top/file'), 'content')
    for (const [how, name] of [
      ['', 'a.tar'],
      ['z', 'a.tgz'],
    ] as const) {
      execFileSync('tar', [`-c${how}f`, at(name), '-C', at('pack'), 'top'])
      const dest = `${HOSTILE} ${name}`
      const first = await settle('archive', { src: at(name), dest, on_host: true, strip: 1 })
      expect(first).toEqual({ folder: 'changed', unpack: 'changed' })
      expect(readFileSync(at(`${dest}/file`), 'utf8')).toBe('content')
    }
  })

  test('git_checkout', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], {
        cwd: at('repo'),
      })
    mkdirSync(at('repo'))
    git('init', '-q')
    git('commit', '-q', '--allow-empty', '-m', 'one')
    git('tag', '-a', 'v1', '-m', 'v1')
    git('commit', '-q', '--allow-empty', '-m', 'two')
    for (const dest of ['plain', HOSTILE]) {
      expect(await settle('git_checkout', { repo: at('repo'), dest })).toEqual({ checkout: 'changed' })
      const version = { repo: at('repo'), dest, version: 'v1' }
      expect(await settle('git_checkout', version)).toEqual({ checkout: 'changed' })
    }
  })

  test('package and service', async () => {
    host.set('upgradable/curl')
    const lists_minutes = 9_999_999
    for (const manager of ['apt', 'dnf']) {
      const of = { manager, names: ['curl', 'g++'], lists_minutes }
      const [lists, step] = manager === 'apt' ? [{ apt_lists: 'ok' }, 'apt'] : [{}, 'dnf']
      expect(await settle('package', of)).toEqual({ known: 'ok', ...lists, [`${step}_install`]: 'changed' })
      expect(await settle('package', { ...of, state: 'absent' })).toEqual({
        known: 'ok',
        [`${step}_remove`]: 'changed',
      })
    }
    const apk = { manager: 'apk', names: ['curl'] }
    expect((await useWithShell(shell, 'package', apk, work.path)).apk_install).toBe('changed')
    expect((await useWithShell(shell, 'package', apk, work.path)).apk_install).toBe('ok')
    host.set('stale/app')
    const first = await settle('service', { name: 'app', enabled: true })
    expect(first).toEqual({ reread: 'changed', enabled: 'changed', started: 'changed' })
    const stopped = await settle('service', { name: 'app', state: 'stopped', enabled: false })
    expect(stopped).toEqual({ reread: 'ok', disabled: 'changed', stopped: 'changed' })
  })

  test('cron and wait_for', async () => {
    const job = { name: HOSTILE, job: `echo '$HOME' "\\%" # ${HOSTILE}`, schedule: '1 2 * * 1-5' }
    expect(await settle('cron', { name: 'other', job: 'true' })).toEqual({
      complete: 'ok',
      crontab: 'changed',
    })
    expect(await settle('cron', job)).toEqual({ complete: 'ok', crontab: 'changed' })
    expect(await settle('cron', { ...job, state: 'absent' })).toEqual({ complete: 'ok', crontab: 'changed' })
    expect(readFileSync(`${host.env.STAND_INS}/crontab`, 'utf8')).toBe('# drover: other\n@daily true\n')
    expect(await settle('cron', { name: 'other', state: 'absent' })).toEqual({
      complete: 'ok',
      crontab: 'changed',
    })
    writeFileSync(at(HOSTILE), '')
    expect(await settle('wait_for', { file: HOSTILE })).toEqual({ complete: 'ok', file: 'ok' })
  })
})
