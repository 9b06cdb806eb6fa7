import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover } from './drover.ts'
import { writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

// Secrets that are the same as words of the plan: its record has *** there.

const HEAD = 'secrets: { token: { env: TOKEN } }\n'
const STEPS = `  - { id: one, name: say hello, run: echo it, read_only: true }
  - id: two
    name: go on
    run: test -e go
    env: { T: "\${{ secrets.token }}" }
    when: steps.one.stdout.contains("it")
`

function project(token: string) {
  const cwd = workFolder()
  const file = writePlaybook(cwd, STEPS.replace('-e go', `-e ${join(cwd, 'go')}`), HEAD)
  const hosts = writeLocalHosts(cwd, ['h1'])
  const run = (...args: readonly string[]) => drover(args, { cwd, env: { TOKEN: token } })
  return { cwd, file, hosts, run }
}

test.each(['hello', 'contains', 'stdout'])('a plan is applied where a secret is its word %s', async token => {
  const { cwd, file, hosts, run } = project(token)
  writeFileSync(join(cwd, 'go'), '')
  expect(await run('plan', file, ...hosts, '--out', 'p.json')).toMatchObject({ status: 0 })
  const applied = await run('apply', 'p.json')
  expect(applied, applied.stderr).toMatchObject({ status: 0 })
})

test.each(['hello', 'contains'])('a run goes on where a secret is a word of its plan: %s', async token => {
  const { cwd, file, hosts, run } = project(token)
  expect(await run('apply', file, ...hosts, '-y')).toMatchObject({ status: 1 })
  writeFileSync(join(cwd, 'go'), '')
  const [id = ''] = readdirSync(join(cwd, '.drover/runs'))
  const resumed = await run('resume', id)
  expect(resumed, resumed.stderr).toMatchObject({ status: 0 })
})

test('another condition is still another plan', async () => {
  const { cwd, file, hosts, run } = project('hello')
  expect(await run('apply', file, ...hosts, '-y')).toMatchObject({ status: 1 })
  writePlaybook(cwd, STEPS.replace('contains("it")', 'contains("i")'), HEAD)
  const [id = ''] = readdirSync(join(cwd, '.drover/runs'))
  expect(await run('resume', id)).toMatchObject({ status: 4 })
})
