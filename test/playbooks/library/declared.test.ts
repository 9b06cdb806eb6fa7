import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadPlaybook } from '../../../src/load/playbook.ts'
import type { Step } from '../../../src/model/playbook.ts'

const LIBRARY = resolve(import.meta.dirname, '../../../playbooks/lib')
const FILES = readdirSync(LIBRARY).toSorted()

test('the library has what fleets need first', () => {
  expect(FILES.map(file => file.replace(/\.yml$/, ''))).toEqual([
    ...['archive', 'authorized_key', 'cron', 'directory', 'git_checkout', 'line_in_file', 'package'],
    ...['service', 'symlink', 'template', 'user', 'wait_for'],
  ])
})

describe.each(FILES)('%s', file => {
  const path = join(LIBRARY, file)
  const { playbook, problems } = loadPlaybook(path)

  test('is sound, and says what it is for and what each param means', () => {
    expect(problems).toEqual([])
    expect(readFileSync(path, 'utf8')).toMatch(/^# yaml-language-server: .*\nname: .+\ndescription: /)
    expect(playbook?.params.filter(({ description }) => description === undefined)).toEqual([])
    expect(playbook?.params.length).toBeGreaterThan(0)
  })

  test('each command is guarded, reads only, or acts each time because it is asked to', () => {
    const unguarded = (playbook?.steps ?? []).filter(isUnguarded).map(({ id }) => id)
    expect(unguarded).toEqual(file === 'service.yml' ? ['restarted', 'reloaded'] : [])
  })

  test('no value stands in shell text but those that drover itself makes', () => {
    const scripts = (playbook?.steps ?? []).flatMap(({ spec }) =>
      spec.kind === 'run' ? [spec.script, spec.unless, spec.onlyIf].map(text => text?.value ?? '') : [],
    )
    const values = scripts.flatMap(script => script.match(/\$\{\{.*?\}\}/g) ?? [])
    expect(values).toEqual(file === 'archive.yml' ? ['${{ steps.upload.changed }}'] : [])
  })
})

function isUnguarded({ spec }: Step): boolean {
  if (spec.kind !== 'run' || spec.readOnly) return false
  const guards = [spec.unless, spec.onlyIf, ...spec.creates, ...spec.removes]
  return guards.every(guard => guard === undefined)
}
