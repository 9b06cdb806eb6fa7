import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ERRORS } from '../../src/model/errors.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { renderProblems } from '../../src/render/problems.ts'
import { answerOf } from '../docs/answer-of.ts'
import { useOwnHome } from './own-home.ts'

useOwnHome()

const folder = mkdtempSync(join(tmpdir(), 'drover-races-'))
afterAll(() => rmSync(folder, { recursive: true }))

mkdirSync(join(folder, 'site'))
writeFileSync(join(folder, 'site/app.js'), '')
writeFileSync(join(folder, 'hosts.ini'), 'web[1:4]\n[all:vars]\nansible_connection=local\n')
writeFileSync(
  join(folder, 'deploy.yml'),
  `hosts: all
steps:
  - id: site
    put: { src: site/, dest: /var/www }
  - id: settings
    put: { content: "{}", dest: /var/www/app.js }
    needs: []
`,
)

/** What is told instead of an answer. */
async function told(...words: readonly string[]): Promise<string> {
  try {
    return await answerOf(folder, ...words)
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    expect(error.problems.map(({ code }) => ERRORS[code])).toEqual([3])
    return renderProblems(error.problems, { format: 'text', color: false })
  }
}

test.each([['plan'], ['apply']])('drover %s ends before any host is touched, and shows where', async verb => {
  expect(await told(verb, 'deploy.yml')).toBe(
    `deploy.yml:5:9: error: "settings" can run at the same time as "site" (line 3), and both write /var/www/app.js on web1 and 3 other hosts [step_race]
    5 |   - id: settings
      |         ^^^^^^^^
  hint: let one need the other, needs: [site]; or, if it is meant, may_overlap: true
`,
  )
})

test('of the hosts that are left', async () => {
  expect(await told('plan', 'deploy.yml', '-l', 'web2')).toContain('/var/www/app.js on web2 [step_race]\n')
})
