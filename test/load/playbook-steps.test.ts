import { expect, test } from 'vitest'
import { placesIn, steps } from './playbook-problems.ts'

/** What is wrong, a playbook, and where and how drover says so. */
const CASES: readonly (readonly [name: string, text: string, ...places: string[]])[] = [
  ['no kind', steps('  - id: a\n'), '3:5 step_kind'],
  ['an empty step', steps('  - {}\n'), '3:5 step_kind'],
  ['two kinds', steps('  - run: a\n    put: {src: a, dest: b}\n'), '4:5 step_kind'],
  [
    'two kinds, the other way round',
    steps('  - get: {src: a, dest: b}\n    id: x\n    run: a\n'),
    '5:5 step_kind',
  ],
  [
    'three kinds',
    steps('  - run: a\n    put: {src: a, dest: b}\n    get: {src: a, dest: b}\n'),
    '4:5 step_kind',
  ],
  ['a misspelt kind', steps('  - rnu: a\n    cwd: /\n'), '3:5 playbook_schema'],
  ['a misspelt key', steps('  - run: a\n    tiemout: 5s\n'), '4:5 playbook_schema'],
  ['a key in capitals', steps('  - Run: a\n'), '3:5 playbook_schema'],
  ['a key with a dash', steps('  - run: a\n    read-only: true\n'), '4:5 playbook_schema'],
  ['rolling', steps('  - run: a\n    rolling: {batch: 1}\n'), '4:5 playbook_schema'],
  [
    'a template',
    steps('  - put: {src: a, template: b, dest: c}\n'),
    '3:19 playbook_schema',
    '3:29 file_unreadable',
  ],
  ['command of Ansible', steps('  - command: id\n'), '3:5 playbook_schema'],
  ['shell of Ansible', steps('  - name: x\n    shell: id\n'), '4:5 step_kind'],
  [
    'a module with its collection',
    steps('  - ansible.builtin.copy: {src: a, dest: b}\n'),
    '3:5 playbook_schema',
  ],
  ['apt of Ansible', steps('  - apt: name=nginx state=present\n'), '3:5 playbook_schema'],
  ['register of Ansible', steps('  - run: a\n    register: out\n'), '4:5 playbook_schema'],
  ['with_items of Ansible', steps('  - run: a\n    with_items: [1]\n'), '4:5 playbook_schema'],
  ['ignore_errors of Ansible', steps('  - run: a\n    ignore_errors: yes\n'), '4:5 playbook_schema'],
  ['notify of Ansible', steps('  - run: a\n    notify: restart\n'), '4:5 playbook_schema'],
  ['depends_on of others', steps('  - run: a\n    depends_on: [b]\n'), '4:5 playbook_schema'],
  [
    'src outside of put',
    steps('  - put: {dest: a}\n    src: b\n'),
    '3:10 playbook_schema',
    '4:5 playbook_schema',
  ],
  ['cwd inside of put', steps('  - put: {src: a, dest: b, cwd: c}\n'), '3:28 playbook_schema'],
  ['vars in a step', steps('  - run: a\n    vars: {x: 1}\n'), '4:5 playbook_schema'],
  ['__proto__ in a step', steps('  - run: a\n    __proto__: {once: true}\n'), '4:5 playbook_schema'],
  ['constructor in put', steps('  - put: {src: a, dest: b, constructor: c}\n'), '3:28 playbook_schema'],
  ['hasOwnProperty instead of run', steps('  - hasOwnProperty: a\n'), '3:5 playbook_schema'],
  ['an id in capitals', steps('  - {id: Upload, run: a}\n'), '3:10 playbook_schema'],
  ['an id with a dash', steps('  - {id: up-load, run: a}\n'), '3:10 playbook_schema'],
  ['an id that starts with a digit', steps('  - {id: 1st, run: a}\n'), '3:10 playbook_schema'],
  ['an id that is a number', steps('  - {id: 1, run: a}\n'), '3:10 playbook_schema'],
  ['an id without a value', steps('  - id:\n    run: a\n'), '3:5 playbook_schema'],
  ['an empty id', steps('  - {id: "", run: a}\n'), '3:10 playbook_schema'],
  ['an id that is a word of CEL', steps('  - {id: in, run: a}\n'), '3:10 step_id'],
  ['an id that CEL reserves', steps('  - {id: for, run: a}\n'), '3:10 step_id'],
  ['an id that YAML reads as a boolean', steps('  - {id: true, run: a}\n'), '3:10 playbook_schema'],
  ['the same id twice', steps('  - {id: a, run: a}\n  - run: b\n  - {id: a, run: c}\n'), '5:10 step_id'],
  [
    'the same id three times',
    steps('  - {id: a, run: a}\n  - {id: a, run: c}\n  - {id: a, run: c}\n'),
    '4:10 step_id',
    '5:10 step_id',
  ],
  ['an expression as an id', steps('  - {id: "${{ vars.x }}", run: a}\n'), '3:10 playbook_schema'],
  [
    'needs an unknown step',
    steps('  - {id: upload, run: a}\n  - {run: b, needs: [uplod]}\n'),
    '4:22 step_unknown',
  ],
  ['needs itself', steps('  - {id: a, run: a, needs: [a]}\n'), '3:29 step_cycle'],
  ['a cycle', steps('  - {id: a, run: a, needs: [b]}\n  - {id: b, run: b, needs: [a]}\n'), '3:29 step_cycle'],
  ['needs a number', steps('  - {run: a, needs: 1}\n'), '3:21 playbook_schema'],
  ['needs without a value', steps('  - run: a\n    needs:\n'), '4:5 playbook_schema'],
  [
    'needs with an unknown key',
    steps('  - {id: a, run: a}\n  - {run: a, needs: [{stepp: a, on: all}]}\n'),
    '4:23 playbook_schema',
  ],
  ['needs without its step', steps('  - {run: a, needs: [{on: all}]}\n'), '3:22 playbook_schema'],
  [
    'needs on something',
    steps('  - {id: a, run: a}\n  - {run: a, needs: [{step: a, on: some}]}\n'),
    '4:36 playbook_schema',
  ],
  [
    'needs a list in a list',
    steps('  - {id: a, run: a}\n  - {run: a, needs: [[a]]}\n'),
    '4:22 playbook_schema',
  ],
  ['needs with a bad id', steps('  - {run: a, needs: [A B]}\n'), '3:22 playbook_schema'],
  ['unknown variable', steps('  - run: echo ${{ vars.x }}\n'), '3:24 expression_name'],
  ['unknown name', steps('  - run: echo ${{ foo }}\n'), '3:19 expression_name'],
  ['an expression without an end', steps('  - run: echo ${{ vars.x\n'), '3:15 expression_syntax'],
  [
    'an expression cut by a comment',
    steps('  - run: echo ${{ host.name # the name }}\n'),
    '3:15 expression_quote',
  ],
  [
    'an expression cut by a comment in a list',
    steps('  - run: a\n    creates:\n      - ${{ host.name #x }}\n'),
    '5:9 expression_quote',
  ],
]

test.each(CASES)('bad steps: %s', (_, text, ...places) => {
  expect(placesIn(text)).toEqual(places)
})
