import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'
import { steps } from './playbook-problems.ts'

function idsOf(text: string): readonly string[] {
  return parsePlaybook('p.yml', '/', steps(text)).playbook?.steps.map(({ id }) => id) ?? []
}

test.each([
  ['a written id', '  - {id: up, name: Upload, run: a}\n', 'up'],
  ['a name', '  - {name: "Upload the release!", run: a}\n', 'upload_the_release'],
  ['a name with accents', '  - {name: Größe prüfen, run: a}\n', 'gro_e_prufen'],
  ['a name that starts with a digit', '  - {name: 2nd try, run: a}\n', 'step_2nd_try'],
  ['a name that is a word of CEL', '  - {name: In, run: a}\n', 'step_in'],
  ['a name without letters of ASCII', '  - {name: 配置, run: tar xzf a.tgz}\n', 'run_tar_xzf_a_tgz'],
  ['a command', '  - run: /usr/bin/systemctl restart app now\n', 'run_systemctl_restart_app'],
  ['a script', '  - run: |\n      # first\n      make all\n      make install\n', 'run_make_all'],
  ['a command with an expression', '  - run: "echo ${{ host.name }} done"\n', 'run_echo_done'],
  ['nothing but an expression', '  - run: "${{ host.name }}"\n', 'run'],
  ['a file to put', '  - put: {src: dist/app.tgz, dest: /opt/}\n', 'put_app_tgz'],
  ['a content to put', '  - put: {content: x, dest: /etc/motd}\n', 'put_motd'],
  ['a folder to get', '  - get: {src: /var/log/, dest: logs}\n', 'get_log'],
  ['a long name', `  - {name: ${'long '.repeat(30)}, run: a}\n`, 'long_long_long_long_long_long_long_long'],
])('%s gives an id', (_, text, id) => {
  expect(idsOf(text)).toEqual([id])
})

test('equal steps are counted, and a written id wins over a derived one', () => {
  expect(idsOf('  - run: make\n  - run: make\n  - {id: run_make, run: x}\n  - run: make\n')).toEqual([
    ...['run_make_2', 'run_make_3', 'run_make', 'run_make_4'],
  ])
})

test('ids are distinct and well formed whatever steps are called', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('in', 'for', '1', '_', 'a', 'A', 'a_2', 'step_in'))
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), names => {
      const ids = idsOf(names.map(text => `  - {run: a, name: ${JSON.stringify(text)}}\n`).join(''))
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9_]*$/)
    }),
  )
})

test('a step keeps its derived id when another is put before it', () => {
  expect(idsOf('  - run: date\n  - run: make\n').at(-1)).toBe(idsOf('  - run: make\n')[0])
})
