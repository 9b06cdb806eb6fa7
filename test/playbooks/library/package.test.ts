import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { changedSteps, refusal, settle, useOnce } from '../settle.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

// Installing real packages would need a mirror, and the lock of dpkg: stand-ins take the place of the package
// managers. What dpkg itself answers is asked where nothing is to be done.

describeWith(['root', 'sshd'], 'package of the library', () => {
  let server: TestServer
  let host: StandIns
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    host = standIns('apt-get', 'dpkg-query', 'touch', 'touch-really', 'rpm', 'dnf', 'apk')
  })
  afterEach(() => host.remove())

  const use = (manager: string, names: readonly string[], more: object = {}) =>
    settle(server, 'package', { manager, names, lists_minutes: 9_999_999, ...more }, { env: host.env })

  test('apt: only what is missing is installed, in one call, and nothing is upgraded unless asked for', async () => {
    host.set('installed/curl')
    host.set('upgradable/curl')
    expect(await use('apt', ['curl', 'rsync', 'g++'])).toEqual(['apt_install'])
    expect(host.calls()).toEqual(['apt-get install rsync g++'])
    expect(await use('apt', ['curl', 'rsync'], { state: 'latest' })).toEqual(['apt_install'])
    expect(host.calls()).toEqual(['apt-get install curl rsync'])
    expect(await use('apt', ['curl', 'nothing'], { state: 'absent' })).toEqual(['apt_remove'])
    expect(host.has('installed/curl')).toBe(false)
  })

  test('apt: old lists are fetched only if something is to be installed', async () => {
    host.set('installed/curl')
    const old = { manager: 'apt', lists_minutes: 0 }
    const once = (names: readonly string[]) =>
      useOnce(server, 'package', { ...old, names }, { env: host.env })
    expect(changedSteps(await once(['curl']))).toEqual([])
    expect(host.calls()).toEqual([])
    expect(changedSteps(await once(['curl', 'rsync']))).toEqual(['apt_lists', 'apt_install'])
    expect(host.calls()).toEqual(['apt-get update', 'touch /var/lib/apt/lists', 'apt-get install rsync'])
  })

  test('dnf: what is missing or provided by another package, up to date, gone', async () => {
    host.set('installed/provider-of-awk')
    expect(await use('dnf', ['awk', 'curl'])).toEqual(['dnf_install'])
    expect(host.calls()).toEqual(['dnf install awk curl'])
    host.set('upgradable/curl')
    expect(await use('dnf', ['curl'])).toEqual([])
    expect(await use('dnf', ['curl'], { state: 'latest' })).toEqual(['dnf_install'])
    expect(host.calls()).toEqual(['dnf install curl', 'dnf upgrade curl'])
    expect(await use('dnf', ['curl'], { state: 'absent' })).toEqual(['dnf_remove'])
  })

  test('apk: what is missing, up to date, gone', async () => {
    const once = () =>
      useOnce(server, 'package', { manager: 'apk', names: ['curl', 'rsync'] }, { env: host.env })
    expect(changedSteps(await once())).toEqual(['apk_lists', 'apk_install'])
    expect(host.calls()).toEqual(['apk update ', 'apk add curl rsync'])
    expect(await use('apk', ['curl'])).toEqual([])
    expect(await use('apk', ['curl', 'rsync'], { state: 'absent' })).toEqual(['apk_remove'])
    expect(host.calls()).toEqual(['apk del curl rsync'])
  })

  test('the facts tell the package manager, and the real dpkg what is there', async () => {
    expect(await settle(server, 'package', { names: ['dpkg', 'coreutils'] })).toEqual([])
    expect(await settle(server, 'package', { names: ['no-such-package-at-all'], state: 'absent' })).toEqual(
      [],
    )
  })

  test('what cannot be is refused: another manager, a name that is none, a package that nobody has', async () => {
    const names = ['curl']
    expect(await refusal(server, 'package', { manager: 'brew', names })).toMatch(/apt, dnf and apk/)
    for (const name of ['-y', 'curl-', 'a b', '*', ''])
      expect(await refusal(server, 'package', { manager: 'apt', names: [name] })).toMatch(/names/)
    expect(await refusal(server, 'package', { names: [] })).toMatch(/names/)
    const unknown = { manager: 'apt', names: ['no-such'], lists_minutes: 9_999_999 }
    expect(await refusal(server, 'package', unknown, { env: host.env })).toMatch(
      /Unable to locate package no-such/,
    )
  })
})
