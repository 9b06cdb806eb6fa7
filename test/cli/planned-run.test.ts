import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestRepository, temporaryFolder } from '../git/repository.ts'
import { droverIn } from './in-repository.ts'
import { useOwnHome } from './own-home.ts'

useOwnHome()

test('what a step says of the run is that of the plan when the plan is applied', async () => {
  const folder = temporaryFolder('drover-run-')
  const stamp = join(folder, 'stamp')
  new TestRepository(folder).write({
    'hosts.ini': 'web1 ansible_connection=local\n',
    'site.yml': `hosts: all\nsteps:\n  - put: { content: "\${{ run.id }}", dest: ${stamp} }\n`,
  })
  const planned = await droverIn(folder, 'plan', 'site.yml', '--out', 'p.json')
  expect(planned.status).toBe(0)
  expect(existsSync(stamp)).toBe(false)
  const applied = await droverIn(folder, 'apply', 'p.json')
  expect(applied.status, applied.stdout + applied.stderr).toBe(0)
  expect(planned.stdout).toContain(`│ +${readFileSync(stamp, 'utf8')}`)
})
