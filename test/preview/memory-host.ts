import type { Action, PutAction, RunAction } from '../../src/model/action.ts'
import type { Failure } from '../../src/model/errors.ts'
import type { Finding, RunFinding } from '../../src/model/finding.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../../src/model/outcome.ts'

/**
 * A host with a few files, in memory. Its shell knows `echo TEXT >PATH` and `mkdir PATH`, which always succeed, and
 * `cat PATH`, one to a line, and `fail`; its guards `grep -qx TEXT PATH`.
 */
export class MemoryHost {
  readonly files = new Map<string, string>()
  readonly folders = new Set<string>(['/'])

  apply(action: Action): NodeResult {
    if (action.kind === 'get') return ended('ok')
    const finding = this.probe(action)
    if (finding.kind === 'unseen') return ended('failed', finding.failure)
    if (finding.kind === 'put') return this.#put(action as PutAction, finding)
    const run = action as RunAction
    if (finding.kind !== 'run' || finding.outlook === 'held') return ended('ok')
    if (finding.failure !== undefined) return ended('failed', finding.failure)
    return this.#run(run)
  }

  probe(action: Action): Finding {
    switch (action.kind) {
      case 'run':
        return this.#guards(action)
      case 'put':
        return this.#look(action)
      case 'get':
        throw new Error('nothing is fetched from memory')
    }
  }

  /** Everything that is there, as text. */
  snapshot(): string {
    return JSON.stringify([[...this.files].sort(), [...this.folders].sort()])
  }

  #exists(path: string): boolean {
    return this.files.has(path) || this.folders.has(path)
  }

  #guards({ script, cwd, readOnly, creates, removes, unless, onlyIf }: RunAction): RunFinding {
    const guards = [unless, onlyIf].flatMap(text => (text === undefined ? [] : [pathIn(text)]))
    const contents = readOnly ? [...guards, script.trim().split(' ')[1] ?? ''] : guards
    const reads = { exists: [...(cwd === undefined ? [] : [cwd]), ...creates, ...removes], contents }
    if (cwd !== undefined && !this.folders.has(cwd))
      return { kind: 'run', outlook: 'fails', failure: { ...NO_FOLDER, message: 'there is no cwd' }, reads }
    const holds = (text: string) => this.files.get(pathIn(text)) === text.split(' ')[2]
    const isHeld =
      (creates.length > 0 && creates.every(path => this.#exists(path))) ||
      (removes.length > 0 && removes.every(path => !this.#exists(path))) ||
      (unless !== undefined && holds(unless)) ||
      (onlyIf !== undefined && !holds(onlyIf))
    return { kind: 'run', outlook: isHeld ? 'held' : 'runs', reads }
  }

  #look({ source, dest, parents }: PutAction): Finding {
    const parent = folderOf(dest)
    const missing = this.folders.has(parent) ? [] : [parent]
    const there = this.files.get(dest)
    const isSame = there === source.text
    const change = there === undefined ? 'new' : 'content'
    return {
      kind: 'put',
      outlook: isSame ? 'same' : 'writes',
      before: there ?? 'new',
      targets: [dest],
      changes: isSame ? [] : [{ path: dest, type: 'file', change, after: {} }],
      counts: {
        new: there === undefined ? 1 : 0,
        changed: isSame || there === undefined ? 0 : 1,
        same: isSame ? 1 : 0,
      },
      bytes: source.text.length,
      missing,
      ...(missing.length > 0 && !parents ? { unlessMade: NO_FOLDER } : {}),
    }
  }

  #put({ source, dest }: PutAction, finding: Finding & { kind: 'put' }): NodeResult {
    if (finding.unlessMade !== undefined) return ended('failed', finding.unlessMade)
    for (const folder of finding.missing) this.folders.add(folder)
    this.files.set(dest, source.text)
    return ended(finding.outlook === 'same' ? 'ok' : 'changed')
  }

  #write(path: string, text: string): void {
    this.folders.add(folderOf(path))
    this.files.set(path, text)
  }

  #run({ script, readOnly }: RunAction): NodeResult {
    let stdout = ''
    for (const line of script.trim().split('\n')) {
      const [command, first = '', second = ''] = line.split(' ')
      if (command === 'mkdir') this.folders.add(first)
      else if (command === 'cat' && this.files.has(first)) stdout += this.files.get(first)
      else if (command === 'echo') this.#write(second.slice(1), first)
      else return ended('failed', { code: 'step_exit', message: 'exit status 1' }, { exitCode: 1 })
    }
    const output = { head: stdout, tail: '', bytes: stdout.length, truncated: false }
    return { ...ended(readOnly ? 'ok' : 'changed'), stdout: output, exitCode: 0 }
  }
}

const NO_FOLDER: Failure = { code: 'remote_file', message: 'its folder does not exist' }

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'

const pathIn = (guard: string) => guard.split(' ')[3] ?? ''

function ended(outcome: Outcome, failure?: Failure, more: Partial<NodeResult> = {}): NodeResult {
  const why = failure === undefined ? {} : { failure }
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1, ...why, ...more }
}
