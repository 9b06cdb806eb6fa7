import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Files, newRepository, snapshot, TestRepository, temporaryFolder } from '../git/repository.ts'
import { droverIn } from './in-repository.ts'

const HOSTS = `[web]
web[1:3] ansible_user=ops ansible_password=secret1
[db]
db1 ansible_host=10.0.0.1
`

const BEFORE: Files = {
  'hosts.ini': HOSTS,
  'files/copied': 'one\ntwo\n',
  'files/tree/a': 'a\n',
  'files/tree/b': 'b\n',
  'page.tmpl': 'page of ${{ host.name }}\n',
  'site.yml': `name: The site
hosts: all
vars: { release: "1.4" }
steps:
  - { id: copied, put: { src: files/copied, dest: /etc/copied, mode: "0644" } }
  - { id: tree, put: { src: files/tree/, dest: /etc/tree/ } }
  - { id: page, put: { template: page.tmpl, dest: /etc/page } }
  - { id: old, run: "echo old" }
  - id: script
    run: |
      first
      echo \${{ vars.release }}
      last
    creates: /opt/x
    when: host.name != "web3"
  - id: fetch
    get: { src: /etc/x, dest: fetched/ }
`,
}

/** Commits and changes: the tag `v1`, then the branch `main` one commit further. */
function history(changes: (site: string) => Files, before: Files = BEFORE): TestRepository {
  const repository = newRepository(before)
  repository.git('tag', 'v1')
  repository.commit(changes(before['site.yml'] ?? ''))
  return repository
}

const diff = (repository: TestRepository, ...args: readonly string[]) =>
  droverIn(repository.root, 'diff', ...args)

/** What `drover diff v1..main` says, without its first lines. */
async function told(repository: TestRepository, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await diff(repository, 'v1..main', 'site.yml', ...args)
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').slice(3).join('\n')
}

describe('what is compared', () => {
  test('a plan and itself are the same, whatever else was committed', async () => {
    const repository = history(site => ({ 'site.yml': `# a comment\n${site}`, other: 'x' }))
    expect(await told(repository)).toBe('The plans are the same: 6 steps as before.\n')
    expect(await diff(repository, 'v1', 'site.yml', '--detailed-exitcode')).toMatchObject({ status: 0 })
  })

  test('steps that came, went and changed, with their order', async () => {
    const repository = history(site => ({
      'site.yml': site
        .replace('{ id: old, run: "echo old" }', '{ id: new, hosts: db, run: "echo new" }')
        .replace('"0644"', '"0600"'),
    }))
    expect(await told(repository)).toBe(`~ copied
    web[1-3],db1 (4 hosts):
      mode 0644 → 0600

- old
    run on web[1-3],db1, after page
    run echo old

+ new
    run on db1, after page
    run echo new

~ script
    + after new
    - after old

1 step added, 1 removed, 2 changed, 3 as before.
`)
  })

  test('scripts and contents as differences of texts, hosts with the same change together', async () => {
    const repository = history(site => ({
      'site.yml': site.replace('"1.4"', '"1.5"'),
      'page.tmpl': 'page of ${{ host.name == "db1" ? "it" : "them" }}\n',
    }))
    const text = await told(repository)
    expect(text).toContain(`~ script
    web[1-2],db1 (3 hosts):
      run
      │ @@ -1,3 +1,3 @@
      │  first
      │ -echo '1.4'
      │ +echo '1.5'
      │  last
`)
    expect(text).toContain(`~ page
    web1:
      content page of web1 → page of them
    web2:
      content page of web2 → page of them
    web3:
      content page of web3 → page of them
    db1:
      content page of db1 → page of it
`)
    expect(text).not.toContain('~ copied')
  })

  test('what a put takes from the repository: a file, and each of a folder', async () => {
    const repository = history(() => ({
      'files/copied': 'one\n2\n',
      'files/tree/a': 'A\n',
      'files/tree/c': 'c\n',
    }))
    repository.git('rm', '-q', 'files/tree/b')
    repository.commit()
    const text = await told(repository)
    expect(text).toContain('content\n      │ @@ -1,2 +1,2 @@\n      │  one\n      │ -two\n      │ +2\n')
    expect(text).toContain('content of a a → A\n')
    expect(text).toContain('content of b - b\n')
    expect(text).toContain('content of c + c\n')
  })

  test('contents of files that git ignores, or that lie elsewhere, are not shown', async () => {
    const folder = temporaryFolder('drover-key-')
    const outside = new TestRepository(folder)
    outside.write({ key: 'outer secret\n' })
    const site = `hosts: all
steps:
  - { id: key, put: { src: key, dest: /etc/key } }
  - { id: outer, put: { src: ${folder}/key, dest: /etc/outer } }
  - { id: link, put: { src: link, dest: /etc/link } }
`
    const repository = newRepository({ 'hosts.ini': 'a\n', '.gitignore': 'key\n', 'site.yml': 'steps: []\n' })
    symlinkSync(join(folder, 'key'), repository.path('link'))
    repository.commit({ 'site.yml': site, key: 'inner secret\n' })
    repository.write({ 'site.yml': site.replaceAll('/etc/', '/opt/') })
    for (const range of ['HEAD', 'HEAD..HEAD']) {
      const { status, stdout } = await diff(repository, range, 'site.yml')
      expect([status, stdout.includes('secret')]).toEqual([0, false])
    }
    expect((await diff(repository, 'HEAD', 'site.yml')).stdout).toMatch(
      /content\n +- there is no such file\n +\+ 13 B, sha256 /,
    )
  })

  test('changes that differ from host to host: the first ones, and how many there are more', async () => {
    const repository = history(() => ({ 'page.tmpl': '${{ host.name }}' }), {
      ...BEFORE,
      'hosts.ini': '[web]\nweb[1:20]\n',
    })
    expect(await told(repository)).toContain(
      '    … and 12 other changes on 12 hosts (--format json has all)\n',
    )
    const markdown = await diff(repository, 'v1..main', 'site.yml', '--format', 'markdown')
    expect(markdown.stdout).toContain('… and 12 other changes on 12 hosts (`--format json` has all)\n')
  })

  test('files that are no texts by their digests', async () => {
    const repository = newRepository({ ...BEFORE, 'files/copied': 'a\0b' })
    repository.git('tag', 'v1')
    repository.commit({ 'files/copied': 'a\0c' })
    expect(await told(repository)).toMatch(/content\n +- 3 B, sha256 [0-9a-f]{64}\n +\+ 3 B, sha256 /)
  })

  test('hosts that came and went, of each step and of all', async () => {
    const repository = history(() => ({ 'hosts.ini': HOSTS.replace('[1:3]', '[2:4]') }))
    const text = await told(repository)
    expect(text).toContain('hosts\n    + web4\n    - web1\n\n')
    expect(text).toContain('~ old\n    + on web4\n    - on web1\n\n')
    expect(text).toMatch(/6 steps changed; 1 host added, 1 removed\.\n$/)
  })

  test('how hosts are reached, but no password', async () => {
    const repository = history(() => ({
      'hosts.ini': HOSTS.replace('10.0.0.1', '10.0.0.2').replace('secret1', 'secret2'),
    }))
    const text = await told(repository)
    expect(text).toContain('    db1:\n      address 10.0.0.1 → 10.0.0.2\n')
    expect(text).toContain('    web[1-3] (3 hosts):\n      password *** → another one\n')
    expect(text).not.toContain('secret')
    expect(text).toContain('4 hosts reached in another way')
  })

  test('conditions, retries, and the settings of the whole', async () => {
    const repository = history(site => ({
      'site.yml': site
        .replace('hosts: all', 'hosts: all\nmax_failures: 2')
        .replace('"web3"', '"web2"')
        .replace('id: old,', 'id: old, throttle: 2, retry: { attempts: 3, delay: 1s },'),
    }))
    const text = await told(repository)
    expect(text).toContain('max_failures + 2 hosts\n')
    expect(text).toContain('    when host.name != "web3" → host.name != "web2"\n')
    expect(text).toContain('      does run → nothing: ')
    expect(text).toContain('    throttle + 2\n    retry + 3 attempts, 1 s apart\n')
  })

  test('the same steps with the same options on both sides', async () => {
    const repository = history(site => ({ 'site.yml': site.replace('"1.4"', '"1.5"') }))
    expect(await told(repository, '-l', 'db')).toContain('    db1:\n')
    expect(await told(repository, '--step', 'copied')).toContain('The plans are the same')
    expect(await told(repository, '-e', 'release=2')).toContain('The plans are the same')
  })
})

describe('which revisions', () => {
  test('one is compared with the work tree, with all that is not committed', async () => {
    const repository = history(() => ({}))
    repository.write({
      'site.yml': (BEFORE['site.yml'] ?? '').replace('"1.4"', '"1.5"'),
      'files/tree/new': 'x',
    })
    const { stdout } = await diff(repository, 'HEAD', 'site.yml')
    expect(stdout).toContain('→ the work tree\n')
    expect(stdout).toContain("│ +echo '1.5'")
    expect(stdout).toContain('content of new + x')
  })

  test('three dots leave out what the other side did since', async () => {
    const repository = newRepository(BEFORE)
    repository.git('checkout', '-q', '-b', 'side')
    repository.commit({ 'files/copied': 'of side\n' })
    repository.git('checkout', '-q', 'main')
    repository.commit({ 'files/tree/a': 'of main\n' })
    repository.git('checkout', '-q', 'side')
    const three = (await diff(repository, 'main...', 'site.yml')).stdout
    const two = (await diff(repository, 'main..side', 'site.yml')).stdout
    expect(three).toContain('of side')
    expect(three).not.toContain('of main')
    expect(two).toContain('of main')
  })

  test('that are none', async () => {
    const repository = newRepository(BEFORE)
    for (const range of ['nope', 'nope..main', 'main..nope', 'main...nope', '--x..main'])
      expect(await diff(repository, range.startsWith('-') ? `..${range}` : range, 'site.yml')).toMatchObject({
        status: 3,
        stdout: '',
        stderr: expect.stringContaining('the repository has no commit "'),
      })
    const folder = new TestRepository(temporaryFolder('drover-none-'))
    expect((await diff(folder, 'HEAD', 'site.yml')).stderr).toContain('is in no git repository')
  })
})

test('what is wrong with a side is told with its revision in front', async () => {
  const repository = history(site => ({ 'site.yml': site.replace('vars.release', 'vars.relase') }))
  repository.write({ 'site.yml': (BEFORE['site.yml'] ?? '').replace('"0644"', '0644') })
  const { status, stdout, stderr } = await diff(repository, 'v1..main', 'site.yml')
  expect([status, stdout]).toEqual([3, ''])
  expect(stderr).toMatch(/^main:site\.yml:12:\d+: error: /m)
  expect((await diff(repository, 'main', 'site.yml')).stderr).toMatch(
    /main:site\.yml:12(?:.|\n)*^site\.yml:5:\d+/m,
  )
  repository.write({ 'other.yml': 'steps: []\n' })
  expect((await diff(repository, 'v1', 'other.yml')).stderr).toContain('v1: other.yml does not exist at ')
})

test('--detailed-exitcode says with 2 that there is a difference', async () => {
  const repository = history(() => ({ 'files/copied': '' }))
  expect(await diff(repository, 'v1..', 'site.yml')).toMatchObject({ status: 0 })
  expect(await diff(repository, 'v1..', 'site.yml', '--detailed-exitcode')).toMatchObject({ status: 2 })
})

test('--format json has all of it', async () => {
  const repository = history(() => ({ 'files/copied': 'one\n' }))
  const { stdout } = await diff(repository, 'v1..main', 'site.yml', '--format', 'json')
  expect(JSON.parse(stdout)).toMatchObject({
    v: 1,
    before: { name: 'v1', commit: repository.git('rev-parse', 'v1') },
    counts: { added: 0, removed: 0, changed: 1, same: 5 },
    steps: [
      {
        kind: 'changed',
        id: 'copied',
        actions: [
          {
            hosts: ['web1', 'web2', 'web3', 'db1'],
            changes: [{ name: 'content', before: 'one\ntwo\n', after: 'one\n', diff: { kind: 'text' } }],
          },
        ],
      },
    ],
  })
})

test('--format markdown has a heading, a table, and details that no text can break out of', async () => {
  const evil = '```\n</details>\n| @team <img src=x>\n'
  const repository = history(site => ({
    'site.yml': site.replace('id: old,', 'id: old, name: "<b> | `x`",'),
    'files/copied': evil,
  }))
  const { stdout } = await diff(repository, 'v1..main', 'site.yml', '--format', 'markdown')
  expect(stdout).toMatch(/^### `site\.yml`: `v1` → `main`\n\n\*\*2 steps changed, 4 as before\*\*\n/)
  expect(stdout).toContain('| changed | `copied` |  | `content` |\n| changed | `old` |  | `name` |\n')
  expect(stdout).toContain(
    '````diff\n@@ -1,2 +1,3 @@\n-one\n-two\n+```\n+</details>\n+| @team <img src=x>\n````\n',
  )
  expect(stdout).toContain('- `name`: added, `` <b> | `x` ``\n')
})

test('markdown stays below what a comment may hold', async () => {
  const many = (word: string) =>
    `hosts: all\nsteps:\n${Array.from({ length: 300 }, (_, at) => `  - { id: s${at}, run: "echo ${word} ${'x'.repeat(200)}" }\n`).join('')}`
  const repository = history(() => ({ 'site.yml': many('b') }), { 'hosts.ini': 'a\n', 'site.yml': many('a') })
  const { stdout } = await diff(repository, 'v1..main', 'site.yml', '--format', 'markdown')
  expect(stdout.length).toBeLessThan(65_000)
  expect(stdout).toMatch(/Details of \d+ more differences are left out here/)
})

test('nothing of the repository changes, and nothing is left elsewhere', async () => {
  const repository = history(site => ({ 'site.yml': site.replace('old', 'new') }))
  repository.write({ 'files/copied': 'changed' })
  const untouched = snapshot(repository.root)
  const [before, folder] = [process.env.TMPDIR, temporaryFolder('drover-tmp-')]
  process.env.TMPDIR = folder
  try {
    for (const range of ['v1', 'v1..main', 'v1...main', 'nope']) await diff(repository, range, 'site.yml')
    expect(snapshot(repository.root)).toEqual(untouched)
    expect(readdirSync(folder)).toEqual([])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
})
