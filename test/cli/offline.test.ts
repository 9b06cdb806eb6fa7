import { expect, test } from 'vitest'
import { TestRepository, temporaryFolder } from '../git/repository.ts'
import { droverIn } from './in-repository.ts'

test.each([
  ['--out', 'plan.json'],
  ['--format', 'markdown'],
])('what needs hosts is refused without them: %s %s', async (...options) => {
  const folder = temporaryFolder('drover-offline-')
  new TestRepository(folder).write({
    'hosts.ini': 'web1 ansible_connection=local\n',
    'site.yml': 'hosts: all\nsteps:\n  - run: "true"\n',
  })
  const { status, stdout, stderr } = await droverIn(folder, 'plan', 'site.yml', '--offline', ...options)
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
  expect(stderr).toContain('leave out --offline')
})
