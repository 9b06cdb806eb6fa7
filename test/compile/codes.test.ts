import { expect, test } from 'vitest'
import { compileText, inventoryOf, type TestOptions } from './compiled.ts'

// Codes are for programs: each problem of the compiler that only values or options bring about has its own.

const play = (text: string) => `hosts: all\n${text}`

test.each<readonly [string, string, TestOptions, readonly string[]]>([
  [
    'a required variable that nobody gives',
    play('vars: { release: null }\nsteps: [{ run: "echo ${{ vars.release }}" }]\n'),
    {},
    ['2:9 variable_missing'],
  ],
  [
    'a variable of the inventory that one host lacks',
    play('steps: [{ run: "echo ${{ host.vars.rack }}" }]\n'),
    { inventory: inventoryOf({ web1: { rack: 'a' }, web2: {} }) },
    ['2:26 variable_missing'],
  ],
  [
    'a result of a step that options leave out',
    play(
      'steps:\n  - { id: a, run: "true", tags: slow }\n  - { id: b, run: "echo ${{ steps.a.stdout }}" }\n',
    ),
    { skipTags: ['slow'] },
    ['4:29 step_excluded'],
  ],
  [
    'a value of another type than the default',
    play('vars: { port: 80 }\nsteps: [{ run: "echo ${{ vars.port }}" }]\n'),
    { vars: { port: 'many' } },
    ['2:9 expression_value'],
  ],
  [
    'a computed value that cannot be',
    play('vars: { port: 80 }\nsteps: [{ run: "echo ${{ vars.port / 0 }}" }]\n'),
    {},
    ['3:26 expression_value'],
  ],
  [
    'a playbook for others to use',
    'hosts: all\nparams: { x: {} }\nsteps: [{ run: a }]\n',
    {},
    ['2:11 use_param'],
  ],
  ['a pattern that names nothing', 'hosts: wbe\nsteps: [{ run: a }]\n', {}, ['1:8 pattern_unknown']],
])('%s', (_, text, options, codes) => {
  const compiled = compileText(text, options)
  const problems = compiled.kind === 'refused' ? compiled.problems : []
  expect(problems.map(({ code, where }) => `${where?.line}:${where?.col} ${code}`)).toEqual(codes)
})
