import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newRepository, temporaryFolder } from '../git/repository.ts'
import { findProgram } from '../sshd/programs.ts'
import { drover, startDrover, untilPrinted } from './drover.ts'

const SLOW = `hosts: all
steps:
  - { id: copied, put: { src: copied, dest: "\${{ env.OUT }}/copied" } }
  - { id: slow, run: echo started; sleep 600 }
`

function project() {
  const folder = temporaryFolder('drover-rev-test-')
  for (const name of ['tmp', 'bin']) mkdirSync(join(folder, name))
  const hosts = 'a ansible_connection=local\n'
  const repository = newRepository({ 'hosts.ini': hosts, 'site.yml': SLOW, copied: 'old' })
  repository.commit({ 'site.yml': SLOW.replace('600', '0'), copied: 'new' })
  const env = {
    ...{ TMPDIR: join(folder, 'tmp'), OUT: folder, GIT_CONFIG_GLOBAL: '/dev/null' },
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  }
  const checkouts = () => readdirSync(env.TMPDIR).filter(name => name.startsWith('drover-rev-'))
  return { folder, checkouts, start: { cwd: repository.root, env } }
}

const APPLY = ['apply', 'site.yml', '--yes', '--format', 'json', '--rev']

test('the files of a revision are gone after a run', async () => {
  const { folder, checkouts, start } = project()
  const { status } = await drover([...APPLY, 'HEAD'], start)
  expect([status, readFileSync(join(folder, 'copied'), 'utf8'), checkouts()]).toEqual([0, 'new', []])
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('and after one that %s ended', async signal => {
  const { checkouts, start } = project()
  const running = startDrover([...APPLY, 'HEAD~1'], start)
  await untilPrinted(running, 'a')
  expect(checkouts()).toHaveLength(1)
  running.child.kill(signal)
  expect((await running.finished).status).toBe(130)
  expect(checkouts()).toEqual([])
})

test('and where it was ended while git wrote them, with git', async () => {
  const { folder, checkouts, start } = project()
  const pid = join(folder, 'pid')
  const slow = `*checkout-index*) echo >half; echo $$ >${pid}.new; mv ${pid}.new ${pid}; sleep 600;;`
  const script = `#!/bin/sh\ncase "$*" in ${slow} esac\nexec ${findProgram('git')} "$@"\n`
  writeFileSync(join(folder, 'bin/git'), script, { mode: 0o755 })
  const running = startDrover([...APPLY, 'HEAD'], start)
  await expect.poll(() => existsSync(pid), { timeout: 20_000 }).toBe(true)
  expect(checkouts()).toHaveLength(1)
  running.child.kill('SIGINT')
  expect((await running.finished).status).toBe(130)
  expect(checkouts()).toEqual([])
  const git = readFileSync(pid, 'utf8').trim()
  await expect.poll(() => existsSync(`/proc/${git}/exe`)).toBe(false)
})
