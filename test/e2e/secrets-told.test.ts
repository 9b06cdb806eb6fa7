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

test('a step of a local host has the variable that a secret comes from only where it is given', async () => {
  const cwd = workFolder()
  const steps = `  - { id: look, run: 'echo "\${TOKEN-none}"', read_only: true }
  - { id: a, run: 'echo "\${TOKEN-none} \${OTHER-none}"; test "$T" = token-9Zk', env: { T: "\${{ secrets.token }}" } }
`
  const file = writePlaybook(cwd, steps, HEAD)
  const env = { TOKEN: 'token-9Zk', OTHER: 'there' }
  const { status, stdout } = await drover(['apply', file, ...writeLocalHosts(cwd, ['h1']), '-v'], {
    cwd,
    env,
  })
  expect([status, stdout]).toEqual([0, expect.stringMatching(/look │ none.*a {4}│ none there/s)])
})
