import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { drover } from './drover.ts'
import { writeLocalHosts } from './local-hosts.ts'
import { openTerminal } from './terminal.ts'
import { workFolder } from './work-folder.ts'

function planted() {
  const cwd = workFolder()
  const hosts = writeLocalHosts(cwd, ['h1'])
  const text = `hosts: all
secrets: { pw: { prompt: Database password } }
steps:
  - { id: go, run: 'printf %s "$PW" > got; echo "$PW"', env: { PW: "\${{ secrets.pw }}" } }
`
  writeFileSync(join(cwd, 'play.yml'), text)
  return { cwd, hosts, got: () => readFileSync(join(cwd, 'got'), 'utf8') }
}

describeWith(['tmux'], 'a secret that is asked for', () => {
  test.each([[[]], [['--detach']]])(
    'is asked once, before the preview, and reaches the run: %j',
    async more => {
      const { cwd, hosts, got } = planted()
      const terminal = openTerminal(['apply', 'play.yml', ...hosts, ...more], { cwd })
      await terminal.until('Database password:')
      terminal.answer('hunter22-typed')
      await terminal.until('(yes/no)')
      terminal.answer('yes')
      expect(await terminal.status()).toBe(0)
      await expect.poll(got, { timeout: 20_000 }).toBe('hunter22-typed')
      const history = async () => (await drover(['history'], { cwd })).stdout
      await expect.poll(history, { timeout: 20_000 }).toContain('finished')
      expect(terminal.shown()).not.toContain('hunter22-typed')
      expect(terminal.shown().split('Database password:')).toHaveLength(2)
    },
  )
})

test('without a terminal it is not asked, and nothing is done', async () => {
  const { cwd, hosts } = planted()
  const { status, stderr } = await drover(['apply', 'play.yml', ...hosts], { cwd })
  expect(status).toBe(3)
  expect(stderr).toMatch(/^play\.yml:2:12: error: .* is asked on the terminal, and there is none/)
  expect(stderr).toContain('hint: let it come from a file')
})
