import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import type { TestServer } from '../sshd/server.ts'
import { readTrace, type TracedChange, type TracedProcess, tracedPids } from '../sshd/trace.ts'

/** Everything that the script of a preview may run; none of these programs is given anything to write to. */
const LOOKING = [
  ...['sshd', 'sshd-session', 'sshd-auth', 'sh', 'dash', 'bash', 'setsid', 'env'],
  ...['cat', 'head', 'dd', 'od', 'ls', 'find', 'readlink', 'id', 'sha256sum', 'wc'],
  // Of the watchdog, which ends a step whose link is silent.
  'sleep',
]

/** What asks for facts. */
const FACTS = [
  'uname',
  'hostname',
  'timeout',
  'ip',
  'nproc',
  'sed',
  'awk',
  'mawk',
  'gawk',
  'grep',
  'cut',
  'sort',
]

export interface Looked {
  readonly processes: readonly TracedProcess[]
  /** Calls that changed something, or could have. */
  readonly changes: readonly string[]
  /** Names of the programs that ran. */
  readonly programs: ReadonlySet<string>
}

/** Where an sshd of a test logs all that it executes. */
export interface TracedHost {
  readonly folder: string
  /** What a server did meanwhile, once no connection is left. */
  during(server: TestServer, act: () => Promise<unknown>): Promise<Looked>
  remove(): void
}

export function tracedHost(): TracedHost {
  const folder = mkdtempSync(join(tmpdir(), 'drover-trace-'))
  chmodSync(folder, 0o700)
  return {
    folder,
    async during(server, act) {
      const before = tracedPids(folder)
      await act()
      await expect
        .poll(() => server.sessions().length + server.processes().length, { timeout: 20_000 })
        .toBe(0)
      return looked(readTrace(folder, before))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function looked(processes: readonly TracedProcess[]): Looked {
  return {
    processes,
    changes: processes.flatMap(({ changes }) => changes.filter(isChange).map(describeChange)),
    programs: new Set(processes.flatMap(({ programs }) => programs.map(({ path }) => basename(path)))),
  }
}

/** Only looking tools ran, and those that the playbook's own guards and `read_only` steps name; and nothing changed. */
export function expectOnlyLooked({ changes, programs }: Looked, ofPlaybook: readonly string[] = []): void {
  expect(changes).toEqual([])
  const allowed = new Set([...LOOKING, ...FACTS, ...ofPlaybook])
  expect([...programs].filter(name => !allowed.has(name))).toEqual([])
  // Nothing was traced at all, otherwise.
  expect(programs).toContain('sh')
}

/** Not what goes nowhere, and not what sshd sets for its own process. */
function isChange({ opened = '' }: TracedChange): boolean {
  return !/^\/dev\/(?:null|tty)$|^\/proc\/\d+\/oom_score_adj$/.test(opened)
}

function describeChange({ call, by }: TracedChange): string {
  return `${by ?? 'a shell'}: ${call}`
}
