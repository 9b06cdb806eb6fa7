import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { newRepository, temporaryFolder } from '../git/repository.ts'
import { commandLinesIn, unknownOptions } from './command-lines.ts'
import { BLOCKS, ROOT } from './pages.ts'

interface Hook {
  readonly id: string
  readonly entry: string
}

const hooks = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[]

test.each(hooks)('the hook $id calls drover as it can be called', async ({ entry }) => {
  const [line] = commandLinesIn(entry)
  expect(line && (await unknownOptions(line))).toEqual([])
})

test('docs/git.md names hooks that there are', () => {
  const block = BLOCKS.find(({ page, text }) => page === 'docs/git.md' && text.startsWith('repos:'))
  const { repos } = parse(block?.text ?? '') as { repos: readonly { hooks: readonly { id: string }[] }[] }
  const ids = repos[0]?.hooks.map(({ id }) => id)
  expect(ids).toEqual(hooks.map(({ id }) => id))
})

test('the hook of docs/git.md lets good playbooks pass and refuses others', () => {
  const bin = temporaryFolder('drover-bin-')
  writeFileSync(
    join(bin, 'drover'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'bin/drover.js')}' "$@"\n`,
  )
  chmodSync(join(bin, 'drover'), 0o755)
  symlinkSync(process.execPath, join(bin, 'node'))
  const before = process.env.PATH
  process.env.PATH = `${bin}:${before}`
  onTestFinished(() => {
    process.env.PATH = before
  })
  const block = BLOCKS.find(({ page, language }) => page === 'docs/git.md' && language === 'sh')
  const repository = newRepository({ other: '' })
  mkdirSync(repository.path('.git/hooks'), { recursive: true })
  writeFileSync(repository.path('.git/hooks/pre-commit'), block?.text ?? '', { mode: 0o755 })
  const good = 'hosts: all\nsteps:\n  - run: "true"\n'
  repository.commit({ 'plays/a b.yml': good, 'plays/c.yml': good, 'vars.yml': '- no playbook\n' })
  expect(() => repository.commit({ 'plays/c.yml': good.replace('steps', 'stesp') })).toThrow('stesp')
  expect(() => repository.commit({ 'plays/c.yml': `${good}\n\n\n` })).toThrow('not in canonical form')
  repository.commit({ 'plays/c.yml': good, 'other.yml': '- still none\n' })
})
