import { expect, test } from 'vitest'
import { drover } from './drover.ts'
import { writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

const STEPS = '  - { id: a, run: \'test "$T" = abc\', env: { T: "${{ secrets.token }}" } }\n'
const HEAD = 'secrets: { token: { env: TOKEN } }\n'

function project() {
  const cwd = workFolder()
  return { cwd, args: ['apply', writePlaybook(cwd, STEPS, HEAD), ...writeLocalHosts(cwd, ['h1'])] }
}

test('a secret that is too short to be masked is warned of, and used', async () => {
  const { cwd, args } = project()
  const { status, stderr } = await drover(args, { cwd, env: { TOKEN: 'abc' } })
  expect(status).toBe(0)
  expect(stderr).toContain('not masked, being shorter than 4 characters: secrets.token [secret_short]')
})

test('one that is not there is an error before anything runs', async () => {
  const { cwd, args } = project()
  const { status, stdout, stderr } = await drover(args, { cwd })
  expect([status, stdout]).toEqual([3, ''])
  expect(stderr).toContain('[secret_missing]')
  expect(stderr).toContain('TOKEN')
})
