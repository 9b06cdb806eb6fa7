import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SOURCE = join(import.meta.dirname, 'stand-ins')
const FOLDERS = ['active', 'broken', 'enabled', 'installed', 'known', 'requests', 'stale', 'upgradable']

/** Programs that a test machine lacks, or that must not do there what they do: scripts that keep their state in files. */
export interface StandIns {
  /** For the logins of a host: its PATH, and where the state is. */
  readonly env: Readonly<Record<string, string>>
  /** Sets what the programs find, as `set('active/nginx')`. */
  set(file: string, content?: string): void
  has(file: string): boolean
  /** The calls that acted since the last time, in their order. */
  calls(): readonly string[]
  remove(): void
}

/** Copies some of them into a folder of their own, which any account may read, and whose state any may write. */
export function standIns(...programs: readonly string[]): StandIns {
  const folder = mkdtempSync(join(tmpdir(), 'drover-stand-ins-'))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'bin'))
  for (const program of programs) cpSync(join(SOURCE, program), join(folder, 'bin', program))
  const state = join(folder, 'state')
  for (const name of FOLDERS) mkdirSync(join(state, name), { recursive: true })
  for (const path of [state, ...FOLDERS.map(name => join(state, name))]) chmodSync(path, 0o777)
  const log = join(state, 'log')
  return {
    env: {
      PATH: `${join(folder, 'bin')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      STAND_INS: state,
    },
    set: (file, content = '') => writeFileSync(join(state, file), content),
    has: file => existsSync(join(state, file)),
    calls() {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []
      rmSync(log, { force: true })
      return lines
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
