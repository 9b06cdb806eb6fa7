import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gitFactsOf } from '../../src/git/facts.ts'
import { parseStatus } from '../../src/git/parse-status.ts'
import { runGit } from '../../src/git/run-git.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { describeWith } from '../sshd/requirements.ts'
import { newRepository, snapshot, TestRepository, temporaryFolder } from './repository.ts'

async function factsOf(path: string) {
  const look = await gitFactsOf(path)
  if (look.kind === 'none') throw new Error(look.failure.message)
  return look.facts
}

/** An environment variable for one test. */
function setVariable(name: string, value: string): void {
  const before = process.env[name]
  process.env[name] = value
  onTestFinished(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
}

describe('the repository that a file lies in', () => {
  test('has a commit and a branch, and is clean', async () => {
    const repository = newRepository({ 'plays/site.yml': 'steps: []\n' })
    expect(await factsOf(repository.path('plays/site.yml'))).toEqual({
      commit: repository.git('rev-parse', 'HEAD'),
      branch: 'main',
      dirty: [],
      dirtyCount: 0,
    })
  })

  test('names what is changed, staged, deleted and new, from its root, but not what git ignores', async () => {
    const repository = newRepository({ '.gitignore': '*.log\n', 'plays/a.yml': 'a', b: 'b', c: 'c', d: 'd' })
    repository.write({ 'plays/a.yml': 'changed', c: 'staged', 'new file\n': 'x', 'x.log': 'x', 'new/y': 'y' })
    repository.git('add', 'c')
    repository.git('mv', 'b', 'renamed')
    repository.git('rm', '-q', 'd')
    const { dirty, dirtyCount } = await factsOf(repository.path('plays/a.yml'))
    expect(dirty.toSorted()).toEqual(['b', 'c', 'd', 'new file\n', 'new/', 'plays/a.yml', 'renamed'])
    expect(dirtyCount).toBe(7)
  })

  test('names conflicts', async () => {
    const repository = newRepository({ a: '1' })
    repository.git('checkout', '-q', '-b', 'other')
    repository.commit({ a: '2' })
    repository.git('checkout', '-q', 'main')
    repository.commit({ a: '3' })
    expect(() => repository.git('merge', 'other')).toThrow()
    expect(await factsOf(repository.path('a'))).toMatchObject({ dirty: ['a'], dirtyCount: 1 })
  })

  test('names a hundred files of many, and counts them all', async () => {
    const repository = newRepository()
    repository.write(Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, ''])))
    const { dirty, dirtyCount } = await factsOf(repository.path('site.yml'))
    expect([dirty.length, dirtyCount]).toEqual([LIMITS.gitDirty, 150])
  })

  test('has no commit before the first one, and no branch where none is checked out', async () => {
    const empty = new TestRepository()
    empty.git('init', '-q', '-b', 'start')
    expect(await factsOf(empty.path('site.yml'))).toEqual({ branch: 'start', dirty: [], dirtyCount: 0 })
    const detached = newRepository()
    detached.git('checkout', '-q', '--detach')
    expect(await factsOf(detached.path('site.yml'))).not.toHaveProperty('branch')
  })

  test('may be a linked work tree', async () => {
    const repository = newRepository()
    const tree = join(temporaryFolder('drover-tree-'), 'tree')
    repository.git('worktree', 'add', '-q', '-b', 'side', tree)
    expect(await factsOf(join(tree, 'site.yml'))).toMatchObject({ branch: 'side', dirtyCount: 0 })
  })

  test('is not the one that a hook of git is about', async () => {
    const [repository, other] = [newRepository(), newRepository({ other: '' })]
    setVariable('GIT_DIR', other.path('.git'))
    setVariable('GIT_INDEX_FILE', other.path('.git/index'))
    expect(await factsOf(repository.path('site.yml'))).toMatchObject({ dirtyCount: 0 })
  })
})

describe('the remote', () => {
  test('is that of the branch, else origin, else the only one, and shows no password', async () => {
    const repository = newRepository()
    const look = () => factsOf(repository.path('site.yml')).then(({ remote }) => remote)
    expect(await look()).toBeUndefined()
    repository.git('remote', 'add', 'mirror', 'https://ann:secret@mirror/x.git')
    expect(await look()).toEqual({ name: 'mirror', url: 'https://mirror/x.git' })
    repository.git('remote', 'add', 'origin', 'git@host:x.git')
    expect(await look()).toEqual({ name: 'origin', url: 'host:x.git' })
    repository.git('config', 'branch.main.remote', 'mirror')
    expect(await look()).toEqual({ name: 'mirror', url: 'https://mirror/x.git' })
  })

  test('is none of several where no word says which', async () => {
    const repository = newRepository()
    for (const name of ['a', 'b']) repository.git('remote', 'add', name, `https://${name}/x.git`)
    expect(await factsOf(repository.path('site.yml'))).not.toHaveProperty('remote')
  })
})

describe('nothing is known, and the answer says why', () => {
  test('without a repository', async () => {
    const folder = temporaryFolder('drover-none-')
    expect(await gitFactsOf(join(folder, 'site.yml'))).toMatchObject({
      because: 'no repository',
      failure: { code: 'git', message: `${folder} is in no git repository` },
    })
  })

  test('without git', async () => {
    const folder = temporaryFolder('drover-none-')
    setVariable('PATH', folder)
    expect(await gitFactsOf(join(folder, 'site.yml'))).toMatchObject({ because: 'no git' })
  })

  test('of a git that fails in a way of its own', async () => {
    const repository = newRepository()
    writeFileSync(repository.path('.git/config'), '[core\n')
    expect(await gitFactsOf(repository.path('site.yml'))).toMatchObject({
      because: 'failed',
      failure: { message: expect.stringContaining('bad config line 1') },
    })
  })

  test('of a git that hangs, which is ended with all that it started', async () => {
    const repository = newRepository()
    const bin = temporaryFolder('drover-bin-')
    const marks = join(bin, 'pids')
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nsleep 987 & echo $! $$ >${marks}\nwait\n`, { mode: 0o755 })
    setVariable('PATH', `${bin}:${process.env.PATH}`)
    expect(await runGit(['status'], { folder: repository.root, ms: 500 })).toEqual({ kind: 'late' })
    const pids = readFileSync(marks, 'utf8').trim().split(' ')
    await expect.poll(() => pids.filter(pid => isRunning(pid))).toEqual([])
  })
})

function isRunning(pid: string): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && existsSync(`/proc/${pid}/exe`)
}

describeWith(['root'], 'a repository of somebody else', () => {
  test('is not trusted, and the way to trust it is told', async () => {
    const repository = newRepository()
    chownSync(repository.root, 12345, 12345)
    expect(await gitFactsOf(repository.path('site.yml'))).toMatchObject({
      because: 'not trusted',
      failure: { hint: `if you do: git config --global --add safe.directory ${repository.root}` },
    })
  })
})

describe('a repository that somebody else has made', () => {
  /** A program that leaves a mark, and a way to see whether it ran. */
  function trap(repository: TestRepository): { readonly command: string; readonly ran: () => boolean } {
    const [command, mark] = [repository.path('.git/trap'), repository.path('.git/ran')]
    writeFileSync(command, `#!/bin/sh\ntouch '${mark}'\ncat\n`)
    chmodSync(command, 0o755)
    return { command, ran: () => existsSync(mark) }
  }

  test('runs none of the programs that its configuration names', async () => {
    const repository = newRepository({ '.gitattributes': '* filter=evil\n', 'site.yml': 'steps: []\n' })
    const { command, ran } = trap(repository)
    const settings = [
      'core.fsmonitor',
      'filter.evil.clean',
      'filter.evil.process',
      'core.pager',
      'diff.external',
    ]
    for (const name of settings) repository.git('config', name, command)
    mkdirSync(repository.path('.git/hooks'), { recursive: true })
    for (const hook of ['post-index-change', 'fsmonitor-watchman', 'post-checkout'])
      writeFileSync(repository.path(`.git/hooks/${hook}`), `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 })
    repository.write({ 'site.yml': 'steps: [ ]\n' })
    expect(await factsOf(repository.path('site.yml'))).toMatchObject({ dirty: ['site.yml'] })
    expect(ran()).toBe(false)
    // The trap is one: git on its own walks into it.
    repository.git('status')
    expect(ran()).toBe(true)
  })

  test('is refused where a filter has a name that cannot be switched off', async () => {
    const repository = newRepository()
    repository.git('config', 'filter.a=b.clean', 'touch /tmp/x')
    expect(await gitFactsOf(repository.path('site.yml'))).toMatchObject({ because: 'failed' })
  })

  test('is only looked at: not a byte of it changes', async () => {
    const repository = newRepository()
    repository.write({ 'site.yml': 'steps: [ ]\n', new: '' })
    const before = snapshot(repository.root)
    await factsOf(repository.path('site.yml'))
    expect(snapshot(repository.root)).toEqual(before)
  })
})

test('of an answer that was cut off all whole records count', () => {
  const output = '# branch.oid abc\0# branch.head main\0? one\0? tw'
  expect(parseStatus(output)).toEqual({ commit: 'abc', branch: 'main', dirty: ['one'], dirtyCount: 1 })
})
