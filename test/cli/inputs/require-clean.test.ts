import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { newRepository, TestRepository, temporaryFolder } from '../../git/repository.ts'
import { droverIn } from '../in-repository.ts'
import { useOwnHome } from '../own-home.ts'

useOwnHome()

const schema = JSON.parse(
  readFileSync(new URL('../../../schema/event.schema.json', import.meta.url), 'utf8'),
) as object
const isEvent = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(schema)

const FILES = {
  '.gitignore': '*.log\n',
  'hosts.ini': 'web1 ansible_connection=local\n',
  'site.yml': 'hosts: all\nsteps:\n  - { id: look, run: "true", read_only: true }\n',
}

const apply = (folder: string, ...options: readonly string[]) =>
  droverIn(folder, 'apply', 'site.yml', '--yes', ...options)

test('a run of a playbook records the repository that it lies in', async () => {
  const repository = newRepository(FILES)
  repository.git('remote', 'add', 'origin', 'https://ann:secret@example.org/x.git')
  repository.write({ new: '' })
  const { stdout } = await apply(repository.root, '--format', 'json')
  expect(stdout).not.toContain('secret')
  const started: unknown = JSON.parse(stdout.split('\n')[0] ?? '')
  expect(isEvent(started), JSON.stringify(isEvent.errors)).toBe(true)
  expect(started).toMatchObject({
    event: 'run_started',
    git: {
      commit: repository.git('rev-parse', 'HEAD'),
      branch: 'main',
      dirty: ['new'],
      dirty_count: 1,
      remote: { name: 'origin', url: 'https://example.org/x.git' },
    },
  })
})

test('outside of a repository a run goes as ever, and records none', async () => {
  const outside = new TestRepository(temporaryFolder('drover-none-'))
  outside.write(FILES)
  const { status, stdout } = await apply(outside.root, '--format', 'json')
  expect(status).toBe(0)
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).not.toHaveProperty('git')
})

test('--require-clean lets a clean tree pass, whatever git ignores', async () => {
  const repository = newRepository(FILES)
  repository.write({ 'x.log': 'x' })
  expect(await apply(repository.root, '--require-clean')).toMatchObject({ status: 0, stderr: '' })
})

test('--require-clean names what is not committed, and refuses', async () => {
  const repository = newRepository(FILES)
  repository.write({ 'site.yml': `${FILES['site.yml']}# more\n`, 'new.yml': '' })
  for (const options of [['--require-clean'], ['--require-clean', '--dry-run']])
    expect(await apply(repository.root, ...options)).toEqual({
      status: 4,
      stdout: '',
      stderr:
        'error: 2 files differ from what is committed: site.yml, new.yml [git_dirty]\n' +
        '  hint: commit or stash the changes, or leave out --require-clean\n',
    })
})

test('--require-clean of many files names the first', async () => {
  const repository = newRepository(FILES)
  repository.write(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at + 10}`, ''])))
  const { stderr } = await apply(repository.root, '--require-clean')
  expect(stderr).toContain('12 files differ')
  expect(stderr).toContain('f10, f11, f12, f13, f14, f15, f16, f17, f18, f19 and 2 more')
})

test('--require-clean needs a repository, and a commit', async () => {
  const outside = new TestRepository(temporaryFolder('drover-none-'))
  outside.write(FILES)
  const refused = await apply(outside.root, '--require-clean')
  expect(refused.status).toBe(3)
  expect(refused.stderr).toContain(`--require-clean: ${outside.root} is in no git repository`)
  outside.git('init', '-q')
  outside.write({ '.gitignore': '*\n' })
  expect((await apply(outside.root, '--require-clean')).stderr).toContain('nothing is committed yet')
})
