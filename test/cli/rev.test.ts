import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { newRepository, snapshot, type TestRepository, temporaryFolder } from '../git/repository.ts'
import { droverIn } from './in-repository.ts'
import { useOwnHome } from './own-home.ts'

useOwnHome()

/** Where the files of revisions go. */
beforeEach(() => {
  const before = process.env.TMPDIR
  process.env.TMPDIR = temporaryFolder('drover-tmp-')
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
})

const files = (out: string, word: string) => ({
  'plays/site.yml': `hosts: web
inventory: ../hosts/prod.ini
vars: { color: none }
steps:
  - id: page
    put: { template: page.tmpl, dest: ${out}/page }
  - id: copied
    put: { src: files/copied, dest: ${out}/copied }
  - id: read
    put: { content: "\${{ file('files/copied') }}", dest: ${out}/read }
  - id: part
    use: ../lib/part.yml
    with: { out: ${out} }
  - id: fetch
    get: { src: ${out}/page, dest: fetched/ }
  - { id: ${word}, run: "true", read_only: true }
`,
  'plays/page.tmpl': `${word} \${{ vars.color }}`,
  'plays/files/copied': word,
  'lib/part.yml': `params: { out: { type: string } }
steps:
  - { id: included, put: { content: ${word}, dest: "\${{ params.out }}/included" } }
`,
  'hosts/prod.ini': `[web]\n${word} ansible_connection=local\n`,
  'hosts/group_vars/web.yml': `color: ${word}\n`,
})

/** A project of which everything says `old` at the tag `v1`, `new` now, and `dirty` in the work tree. */
function project(): { readonly repository: TestRepository; readonly out: string } {
  const out = temporaryFolder('drover-out-')
  const repository = newRepository({ ...files(out, 'old'), '.gitignore': 'fetched/\n' })
  repository.git('tag', 'v1')
  repository.commit(files(out, 'new'))
  repository.write(files(out, 'dirty'))
  return { repository, out }
}

const read = (folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, readFileSync(join(folder, name), 'utf8')]))

describe('drover plan --rev', () => {
  test('takes playbook, includes, templates, files, inventory and group_vars from there', async () => {
    const { repository, out } = project()
    const { status, stdout } = await droverIn(
      repository.root,
      ...['apply', 'plays/site.yml', '--rev', 'v1', '--yes', '--format', 'json'],
    )
    expect(status).toBe(0)
    expect(read(out, ['page', 'copied', 'read', 'included'])).toEqual({
      ...{ page: 'old old', copied: 'old', read: 'old', included: 'old' },
    })
    expect(stdout).toContain('"step":"old","host":"old"')
    expect(stdout).not.toContain('drover-rev-')
  })

  test('fetches into the work tree, and records the revision', async () => {
    const { repository } = project()
    const { stdout } = await droverIn(
      repository.path('plays'),
      ...['apply', 'site.yml', '--rev', 'v1', '--yes', '--format', 'json'],
    )
    expect(readFileSync(repository.path('plays/fetched/old/page'), 'utf8')).toBe('old old')
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      file: 'site.yml',
      git: { commit: repository.git('rev-parse', 'v1^{commit}'), dirty: [], dirty_count: 0 },
    })
  })

  test.each([
    ['HEAD', 'new'],
    ['v1', 'old'],
  ])(
    'plan --offline at %s shows what it names as it is in the repository, and touches nothing',
    async (rev, word) => {
      const { repository } = project()
      const before = snapshot(repository.root)
      const { status, stdout } = await droverIn(
        repository.root,
        ...['plan', 'plays/site.yml', '--offline', '--rev', rev],
      )
      expect(status).toBe(0)
      expect(stdout).toContain('put plays/files/copied → ')
      expect(stdout).toContain(`${word} ${word}`)
      expect(stdout).not.toContain('drover-rev-')
      expect(snapshot(repository.root)).toEqual(before)
    },
  )

  test('takes an inventory that -i names from there, where it is there', async () => {
    const { repository } = project()
    repository.write({ 'hosts/later.ini': '[web]\nlater ansible_connection=local\n' })
    const hosts = async (inventory: string) => {
      const args = ['plan', 'plays/site.yml', '--offline', '--rev', 'v1', '-i', inventory]
      return (await droverIn(repository.root, ...args)).stdout
    }
    expect(await hosts('hosts/prod.ini')).toMatch(/^ +old:$/m)
    expect(await hosts('hosts')).toMatch(/^ +old:$/m)
    // Not committed at all; the variables beside it are.
    expect(await hosts('hosts/later.ini')).toMatch(/^ +later:$/m)
    expect(await hosts('hosts/later.ini')).toContain('old old')
  })

  test('takes lists of hosts that the playbook names from there, and those of --limit as they are', async () => {
    const repository = newRepository({
      'hosts.ini': 'old\nnew\nboth\n',
      list: 'old\nboth\n',
      'site.yml': 'hosts: "@list"\nsteps: [{ run: "true" }]\n',
    })
    repository.write({ list: 'new\nboth\n' })
    const dryRun = (...options: readonly string[]) =>
      droverIn(repository.root, '--rev', 'HEAD', 'plan', 'site.yml', '--offline', ...options)
    expect((await dryRun()).stdout).toMatch(/^ +old,both/m)
    expect((await dryRun('-l', '@list')).stdout).toMatch(/^ +both:/m)
  })

  test('works through a link to the repository', async () => {
    const { repository } = project()
    const folder = temporaryFolder('drover-link-')
    symlinkSync(repository.root, join(folder, 'repo'))
    const { stdout, stderr } = await droverIn(
      folder,
      ...['plan', 'repo/plays/site.yml', '--offline', '--rev', 'v1'],
    )
    expect(stderr).toBe('')
    expect(stdout).toContain('put repo/plays/files/copied → ')
    expect(stdout).toContain('old old')
  })
})

describe('what is wrong at a revision', () => {
  const dryRun = (folder: string, rev: string, file = 'site.yml') =>
    droverIn(folder, 'plan', file, '--offline', '--rev', rev)

  test('is told with the names that the files have in the repository', async () => {
    const repository = newRepository({
      'hosts.ini': 'a\n',
      'site.yml': `hosts: all
steps:
  - { id: one, run: "echo \${{ vars.nope }}" }
  - { id: two, put: { template: gone.tmpl, dest: /tmp/x } }
  - { id: three, use: lib/gone.yml }
  - { id: four, use: /etc/hostname }
`,
    })
    repository.git('tag', 'v1')
    repository.write({ 'site.yml': 'hosts: all\nsteps: [{ run: "true" }]\n' })
    const { status, stdout, stderr } = await dryRun(repository.root, 'v1')
    expect([status, stdout]).toEqual([3, ''])
    for (const place of ['site.yml:3:', 'site.yml:4:', 'site.yml:5:', 'site.yml:6:'])
      expect(stderr).toContain(place)
    expect(stderr).not.toContain('drover-rev-')
  })

  test('a file that the run needs and the revision lacks fails its step, by its name in the repository', async () => {
    const repository = newRepository({
      'hosts.ini': 'a ansible_connection=local\n',
      'site.yml': 'hosts: all\nsteps:\n  - { id: one, put: { src: built.tgz, dest: /tmp/never } }\n',
    })
    const { status, stdout } = await droverIn(repository.root, 'apply', 'site.yml', '--rev', 'HEAD', '--yes')
    expect(status).toBe(1)
    expect(stdout).toContain(repository.path('built.tgz'))
    expect(stdout).not.toContain('drover-rev-')
  })

  test('a revision or a playbook that is not there', async () => {
    const repository = newRepository()
    expect((await dryRun(repository.root, 'v9')).stderr).toBe(
      'error: the repository has no commit "v9" [git]\n  hint: git branch -a and git tag list what there is\n',
    )
    repository.write({ 'new.yml': 'steps: []\n' })
    const commit = repository.git('rev-parse', 'HEAD').slice(0, 12)
    const { status, stderr } = await dryRun(repository.root, 'HEAD', 'new.yml')
    expect([status, stderr]).toEqual([3, `error: new.yml does not exist at HEAD (${commit}) [git]\n`])
  })

  test('no repository', async () => {
    const folder = temporaryFolder('drover-none-')
    const { status, stderr } = await dryRun(folder, 'HEAD')
    expect([status, stderr]).toEqual([3, `error: ${folder} is in no git repository [git]\n`])
  })

  test('a submodule, whose files are not there', async () => {
    const part = newRepository({ 'site.yml': 'hosts: all\nsteps: [{ run: "true" }]\n' })
    const repository = newRepository({
      'hosts.ini': 'a\n',
      'site.yml': 'hosts: all\nsteps: [{ id: one, use: vendor/part/site.yml }]\n',
    })
    repository.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', part.root, 'vendor/part')
    repository.commit()
    const { status, stderr } = await dryRun(repository.root, 'HEAD')
    expect(status).toBe(3)
    expect(stderr).toContain('at HEAD, vendor/part is a submodule: its files are not taken from there')
    // In it, revisions are its own.
    expect((await dryRun(repository.root, 'HEAD', 'vendor/part/site.yml')).stderr).toContain('no inventory')
    repository.git('submodule', 'deinit', '-q', '-f', 'vendor/part')
    expect((await dryRun(repository.root, 'HEAD', 'vendor/part/site.yml')).stderr).toContain(
      'hint: vendor/part is a submodule there',
    )
    expect(existsSync(repository.path('vendor/part/site.yml'))).toBe(false)
  })
})
