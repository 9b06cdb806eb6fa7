import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'

const LIBRARY = resolve(import.meta.dirname, '../../playbooks/lib')

function hintOf(key: string): string {
  const { problems } = parsePlaybook('play.yml', '/nowhere', `hosts: all\nsteps:\n  - ${key}: x\n`)
  expect(problems).toHaveLength(1)
  return problems[0]?.hint ?? ''
}

test.each([
  ...['apt', 'dnf', 'yum', 'apk', 'package', 'service', 'systemd', 'user', 'authorized_key', 'lineinfile'],
  ...[
    'file',
    'git',
    'unarchive',
    'archive',
    'cron',
    'wait_for',
    'ansible.builtin.apt',
    'ansible.posix.authorized_key',
  ],
])('the module %s is what the library has under the name that is told', key => {
  const names = [...hintOf(key).matchAll(/use: (\w+)"/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) expect(existsSync(resolve(LIBRARY, `${name}.yml`)), name).toBe(true)
})

test('what the library has is told by its name where it stands as a key', () => {
  const names = readdirSync(LIBRARY).map(name => name.replace('.yml', ''))
  for (const name of names.filter(name => name !== 'template')) expect(hintOf(name)).toContain(`use: ${name}`)
})

test.each([
  ['loop', 'for_each'],
  ['with_items', 'for_each'],
  ['register', 'steps.ID'],
  ['notify', 'when: steps.ID.changed'],
  ['block', 'steps:'],
  ['rescue', 'if: failed'],
  ['always', 'if: always'],
  ['serial', 'rolling'],
  ['include_tasks', 'use:'],
  ['import_role', 'use:'],
  ['become_user', 'become: USER'],
  ['until', 'retry'],
  ['retries', 'retry'],
  ['delay', 'retry'],
  ['template', 'put: { template'],
  ['ansible.builtin.template', 'put: { template'],
  ['reboot', 'reconnect: true'],
  ['ignore_errors', 'on_failure: continue'],
  ['max_fail_percentage', 'max_failures'],
  ['run_once', 'once: true'],
  ['if', 'when:'],
  ['local_action', 'delegate_to: localhost'],
  ['set_fact', 'vars:'],
  ['fail', 'assert'],
  ['sleep', 'pause'],
])('%s of other tools is %s here', (key, told) => {
  expect(hintOf(key)).toContain(told)
})

test.each([
  ['5 minutes', '5m'],
  ['1h30m', '90m'],
  ['1.5h', '90m'],
  ['500 ms', '500ms'],
  ['1.5s', '1500ms'],
  ['0.5', '500ms'],
  ['2 hours, 30 minutes', '150m'],
  ['3 milliseconds', '3ms'],
  ['10 SEC', '10s'],
])('a timeout of %s is to be written as %s', (text, told) => {
  const { problems } = parsePlaybook(
    'play.yml',
    '/nowhere',
    `steps: [{ run: a, timeout: ${text.includes(',') ? `"${text}"` : text} }]\n`,
  )
  expect(problems.map(({ hint }) => hint)).toEqual([`write ${told}`])
})
