import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Checkout, checkOut } from '../../src/git/checkout.ts'
import { commitOf, mergeBaseOf } from '../../src/git/commit-of.ts'
import { openRepository } from '../../src/git/repository.ts'
import { newRepository, snapshot, TestRepository, temporaryFolder } from './repository.ts'

async function open(path: string) {
  const found = await openRepository(path)
  if (found.kind === 'none') throw new Error(found.failure.message)
  return found
}

async function commitFrom(repository: TestRepository, rev: string) {
  return commitOf(await open(repository.path('x')), rev)
}

async function checkOutAt(
  repository: TestRepository,
  rev: string,
  from = repository.path('site.yml'),
): Promise<Checkout> {
  const opened = await open(from)
  const commit = await commitOf(opened, rev)
  if (typeof commit !== 'string') throw new Error(commit.failure.message)
  const checkout = await checkOut(opened, commit, from)
  if (checkout.kind === 'none') throw new Error(`${checkout.failure.message} ${checkout.failure.hint}`)
  onTestFinished(() => checkout.close())
  return checkout
}

describe('a revision', () => {
  test('is a branch, a tag, a hash or an expression, and becomes one commit', async () => {
    const repository = newRepository()
    const first = repository.git('rev-parse', 'HEAD')
    repository.git('tag', '-a', 'v1', '-m', 'one')
    const second = repository.commit({ a: '' })
    const answers = await Promise.all(
      ['v1', 'main~1', first.slice(0, 9), 'HEAD', 'main', '@{0}'].map(rev => commitFrom(repository, rev)),
    )
    expect(answers).toEqual([first, first, first, second, second, second])
  })

  test.each([
    'nope',
    'HEAD:site.yml',
    'v1^{tree}',
    '',
    '-1',
    '--all',
    '--git-dir',
    '--output=/tmp/x',
    '-q',
    'a\nb',
    'a\0b',
  ])('%j is none', async rev => {
    const repository = newRepository()
    const before = snapshot(repository.root)
    expect(await commitFrom(repository, rev)).toMatchObject({
      failure: { code: 'git', message: `the repository has no commit "${rev}"` },
    })
    expect(snapshot(repository.root)).toEqual(before)
  })

  test('may lie before the beginning of a shallow clone, which is said', async () => {
    const repository = newRepository()
    repository.commit()
    const folder = join(temporaryFolder('drover-shallow-'), 'clone')
    repository.git('clone', '-q', '--depth=1', `file://${repository.root}`, folder)
    const clone = new TestRepository(folder)
    expect(await commitFrom(clone, 'HEAD~1')).toMatchObject({
      failure: { hint: expect.stringContaining('git fetch --unshallow') },
    })
  })

  test('has a merge base with another, or has none', async () => {
    const repository = newRepository()
    const base = repository.git('rev-parse', 'HEAD')
    const a = repository.commit({ a: '' })
    repository.git('checkout', '-q', '-b', 'side', base)
    const b = repository.commit({ b: '' })
    repository.git('checkout', '-q', '--orphan', 'alone')
    const c = repository.commit({ c: '' })
    const opened = await open(repository.path('x'))
    expect(await mergeBaseOf(opened, a, b)).toBe(base)
    expect(await mergeBaseOf(opened, a, c)).toMatchObject({
      failure: { message: expect.stringContaining('in common') },
    })
  })
})

describe('the files of a revision', () => {
  test('are all there, with their rights and links, and nothing else is', async () => {
    const repository = new TestRepository()
    repository.git('init', '-q', '-b', 'main')
    repository.write({
      '.gitattributes': 'kept export-ignore\n',
      kept: 'kept',
      'a/b.sh': 'run',
      'site.yml': 'old',
    })
    chmodSync(repository.path('a/b.sh'), 0o755)
    symlinkSync('site.yml', repository.path('link'))
    repository.commit()
    repository.write({ 'site.yml': 'new', untracked: '' })
    repository.git('rm', '-q', 'kept')
    const checkout = await checkOutAt(repository, 'HEAD')
    expect(readdirSync(checkout.tree).toSorted()).toEqual(['.gitattributes', 'a', 'kept', 'link', 'site.yml'])
    expect(readFileSync(join(checkout.tree, 'link'), 'utf8')).toBe('old')
    expect(statSync(join(checkout.tree, 'a/b.sh')).mode & 0o111).toBe(0o111)
    expect(statSync(join(checkout.tree, '..')).mode & 0o777).toBe(0o700)
  })

  test('are as the attributes of that revision want them, whatever lies about now', async () => {
    const repository = newRepository({ '.gitattributes': '*.bat eol=crlf\n', 'x.bat': 'one\n' })
    repository.commit({ '.gitattributes': '' })
    const checkout = await checkOutAt(repository, 'HEAD~1')
    expect(readFileSync(join(checkout.tree, 'x.bat'), 'utf8')).toBe('one\r\n')
    const later = await checkOutAt(repository, 'HEAD')
    expect(readFileSync(join(later.tree, 'x.bat'), 'utf8')).toBe('one\n')
  })

  test.each(['a plain repository', 'a split index', 'a sparse one', 'a linked work tree'])(
    'leave %s as it is, byte for byte',
    async kind => {
      const repository = newRepository({ 'site.yml': 'old', 'deep/x': '' })
      repository.commit({ 'site.yml': 'new' })
      if (kind === 'a split index') repository.git('config', 'core.splitIndex', 'true')
      if (kind === 'a sparse one') repository.git('sparse-checkout', 'set', 'nothing')
      const tree =
        kind === 'a linked work tree' ? join(temporaryFolder('drover-tree-'), 'tree') : repository.root
      if (tree !== repository.root) repository.git('worktree', 'add', '-q', tree)
      new TestRepository(tree).write({ 'site.yml': 'changed' })
      const before = [snapshot(repository.root), snapshot(tree)]
      const checkout = await checkOutAt(repository, 'main~1', join(tree, 'site.yml'))
      expect(readFileSync(join(checkout.tree, 'site.yml'), 'utf8')).toBe('old')
      expect(existsSync(join(checkout.tree, 'deep/x'))).toBe(true)
      await checkout.close()
      expect([snapshot(repository.root), snapshot(tree)]).toEqual(before)
    },
  )

  test('are gone when they are closed', async () => {
    const checkout = await checkOutAt(newRepository(), 'HEAD')
    expect(existsSync(checkout.tree)).toBe(true)
    await checkout.close()
    expect(existsSync(dirname(checkout.tree))).toBe(false)
  })

  test('run no program that the repository names: what needs its filter is refused', async () => {
    const repository = newRepository({ '.gitattributes': '*.enc filter=crypt\n', 'x.enc': 'x' })
    const mark = repository.path('.git/ran')
    writeFileSync(repository.path('.git/trap'), `#!/bin/sh\ntouch '${mark}'\ncat\n`, { mode: 0o755 })
    mkdirSync(repository.path('.git/hooks'), { recursive: true })
    for (const hook of ['post-checkout', 'post-index-change'])
      writeFileSync(repository.path(`.git/hooks/${hook}`), `#!/bin/sh\n.git/trap\n`, { mode: 0o755 })
    for (const key of ['smudge', 'process', 'clean'])
      repository.git('config', `filter.crypt.${key}`, repository.path('.git/trap'))
    await expect(checkOutAt(repository, 'HEAD')).rejects.toThrow(
      /cannot be had: they need the filter "crypt", which only the repository itself sets if you trust/,
    )
    expect(existsSync(mark)).toBe(false)
  })

  test('of a partial clone that lacks them are refused, and nothing is loaded', async () => {
    const repository = newRepository({ big: 'x'.repeat(100) })
    repository.commit({ big: 'y'.repeat(100) })
    repository.git('config', 'uploadpack.allowFilter', 'true')
    const folder = join(temporaryFolder('drover-partial-'), 'clone')
    repository.git('clone', '-q', '--filter=blob:none', `file://${repository.root}`, folder)
    await expect(checkOutAt(new TestRepository(folder), 'HEAD~1')).rejects.toThrow(/the clone lacks objects/)
  })
})

describe('paths', () => {
  test('lead into the tree and back', async () => {
    const repository = newRepository({ 'a/b': '' })
    const { tree, path, shown, shownIn, existing } = await checkOutAt(repository, 'HEAD')
    expect(path(repository.path('a/b'))).toBe(join(tree, 'a/b'))
    expect(path(`${repository.root}/a/`)).toBe(join(tree, 'a/'))
    expect(path(repository.root)).toBe(tree)
    expect(path('/etc/passwd')).toBeUndefined()
    expect(path(`${repository.root}-beside/x`)).toBeUndefined()
    expect([existing(repository.path('a/b')), existing(repository.path('c'))]).toEqual([
      join(tree, 'a/b'),
      repository.path('c'),
    ])
    expect([shown(join(tree, 'a/b')), shown(tree), shown('/etc')]).toEqual([
      repository.path('a/b'),
      repository.root,
      '/etc',
    ])
    expect(shownIn(`no ${tree}/a, no ${tree}/b`)).toBe(`no ${repository.root}/a, no ${repository.root}/b`)
  })

  test('may go through links, to the repository and into it', async () => {
    const repository = newRepository({ 'plays/site.yml': '', 'files/x': '' })
    const folder = temporaryFolder('drover-link-')
    symlinkSync(repository.root, join(folder, 'repo'))
    symlinkSync(repository.path('plays'), join(folder, 'plays'))
    const whole = await checkOutAt(repository, 'HEAD', join(folder, 'repo/plays/site.yml'))
    expect(whole.path(join(folder, 'repo/files/x'))).toBe(join(whole.tree, 'files/x'))
    expect(whole.shown(join(whole.tree, 'files/x'))).toBe(join(folder, 'repo/files/x'))
    const part = await checkOutAt(repository, 'HEAD', join(folder, 'plays/site.yml'))
    expect(part.path(join(folder, 'plays/site.yml'))).toBe(join(part.tree, 'plays/site.yml'))
  })

  test('may be of folders that are there no more', async () => {
    const repository = newRepository({ 'old/plays/site.yml': 'x' })
    repository.git('rm', '-q', '-r', 'old')
    repository.commit()
    const from = repository.path('old/plays/site.yml')
    const checkout = await checkOutAt(repository, 'HEAD~1', from)
    expect(readFileSync(checkout.path(from) ?? '', 'utf8')).toBe('x')
  })
})
