import { expect, test } from 'vitest'
import { TestRepository, temporaryFolder } from '../git/repository.ts'
import { droverIn } from './in-repository.ts'

function project(): string {
  const folder = temporaryFolder('drover-offline-')
  new TestRepository(folder).write({
    'hosts.ini': 'web1 ansible_connection=local\n',
    'site.yml': 'hosts: all\nsteps:\n  - run: "true"\n',
  })
  return folder
}

test.each([
  ['--out', 'plan.json'],
  ['--format', 'markdown'],
  ['--by', 'host'],
  ['--no-diff'],
  ['--detailed-exitcode'],
  ['-f', '50'],
  ['--known-hosts', 'hosts'],
  ['--connect-retries', '3'],
  ['--connect-timeout', '5s'],
  ['--host-key-policy', 'off'],
  ['-K'],
])('what needs hosts is refused without them: %s %s', async (...options) => {
  const folder = project()
  const { status, stdout, stderr } = await droverIn(folder, 'plan', 'site.yml', '--offline', ...options)
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
  expect(stderr).toContain(`--offline asks no host: leave out --offline or ${options[0]}`)
})

test.each([
  ['--by', 'step'],
  ['--format', 'json'],
  ['--become', '-v'],
])('what says something about the steps is not: %s %s', async (...options) => {
  const { status, stderr } = await droverIn(project(), 'plan', 'site.yml', '--offline', ...options)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
