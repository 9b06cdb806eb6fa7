import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

// What the machine's users have set must not show, neither in the tests' own calls of git nor in drover's.
process.env.GIT_CONFIG_GLOBAL = '/dev/null'
process.env.GIT_CONFIG_SYSTEM = '/dev/null'

const AUTHOR = {
  GIT_AUTHOR_NAME: 'ops',
  GIT_AUTHOR_EMAIL: 'ops@example.org',
  GIT_COMMITTER_NAME: 'ops',
  GIT_COMMITTER_EMAIL: 'ops@example.org',
}

export type Files = Readonly<Record<string, string>>

/** A real repository in a folder of its own, gone after the test. */
export class TestRepository {
  readonly root: string

  constructor(root = temporaryFolder('drover-repo-')) {
    this.root = root
  }

  git(...args: readonly string[]): string {
    const env = { ...process.env, ...AUTHOR }
    const stdio = ['ignore', 'pipe', 'pipe'] as const
    return execFileSync('git', ['-C', this.root, ...args], {
      env,
      stdio: [...stdio],
      encoding: 'utf8',
    }).trim()
  }

  path(name: string): string {
    return join(this.root, name)
  }

  write(files: Files): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true })
      writeFileSync(this.path(name), text)
    }
  }

  /** Writes files and commits all there is; the commit's hash. */
  commit(files: Files = {}): string {
    this.write(files)
    this.git('add', '-A')
    this.git('commit', '-q', '--allow-empty', '-m', 'a change')
    return this.git('rev-parse', 'HEAD')
  }
}

/** A repository with one branch, `main`, and what is given committed there. */
export function newRepository(files: Files = { 'site.yml': 'steps: []\n' }): TestRepository {
  const repository = new TestRepository()
  repository.git('init', '-q', '-b', 'main')
  repository.commit(files)
  return repository
}

export function temporaryFolder(prefix: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)))
  // A worker that has just ended may still write its compile cache below TMPDIR.
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  return folder
}

/** Every file below a folder, that of git included, with its content, mode and time of change. */
export function snapshot(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map(name => {
      const path = join(folder, name)
      const stat = lstatSync(path)
      const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? digest(path) : ''
      return `${name} ${stat.mode.toString(8)} ${stat.mtimeMs} ${content}`
    })
}

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
