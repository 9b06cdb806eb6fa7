import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover } from './drover.ts'
import { writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

const SECRET = "cr4sh'd \\n é-9Zk"

/** Runs a playbook, and something in drover's own process once the playbook's step has begun. */
async function runWith(then: string) {
  const cwd = workFolder()
  const hook = join(cwd, 'hook.mjs')
  const code = `import { existsSync } from 'node:fs'
const SECRET = process.env.TOKEN
const isWorker = process.send !== undefined
const timer = setInterval(() => {
  if (!existsSync(${JSON.stringify(join(cwd, 'begun'))})) return
  clearInterval(timer)
  ${then}
}, 20)
timer.unref()
`
  writeFileSync(hook, code)
  const file = writePlaybook(
    cwd,
    `  - { id: a, run: 'touch ${cwd}/begun; sleep 1', env: { T: "\${{ secrets.token }}" } }\n`,
    'secrets: { token: { env: TOKEN } }\n',
  )
  const env = { TOKEN: SECRET, NODE_OPTIONS: `--import ${hook}`, DEBUG: '*', DROVER_DEBUG: '1' }
  return drover(['apply', file, ...writeLocalHosts(cwd, ['h1']), '-vv'], { cwd, env })
}

test.each([
  ['an exception that nobody catches', 'if (!isWorker) throw new Error(`it was ${SECRET}`)'],
  ['a promise that nobody waits for', 'if (!isWorker) void Promise.reject(new Error(`it was ${SECRET}`))'],
  ['something that is no error', 'if (!isWorker) void Promise.reject({ given: [SECRET] })'],
])('%s is told as a bug, without secrets', async (_, then) => {
  const { status, stdout, stderr } = await runWith(then)
  expect(stderr).toContain('this is a bug in drover')
  expect(status).toBe(70)
  for (const text of [stdout, stderr]) expect(text).not.toMatch(/cr4sh|9Zk/)
})

test('a warning of Node has no secret', async () => {
  const { status, stderr } = await runWith('if (!isWorker) process.emitWarning(`it was ${SECRET}`)')
  expect(stderr).toContain('Warning: it was ***')
  expect(status).toBe(0)
  expect(stderr).not.toMatch(/cr4sh|9Zk/)
})

test('a worker that crashes has none either', async () => {
  const { status, stdout, stderr } = await runWith('if (isWorker) throw new Error(`it was ${SECRET}`)')
  expect(stdout + stderr).toContain('it was ***')
  expect(status).toBe(70)
  for (const text of [stdout, stderr]) expect(text).not.toMatch(/cr4sh|9Zk/)
})
