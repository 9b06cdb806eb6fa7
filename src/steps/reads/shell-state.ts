import { HOME, type Text } from './shell-text.ts'

/** Variables of which something is known, by name; the texts of others only the host knows. */
export interface ShellState {
  readonly env: ReadonlyMap<string, string>
  /** Those that the script has set. */
  readonly own: ReadonlyMap<string, Text>
}

/** What a shell takes a text from in other ways than from an assignment. */
const SPECIAL =
  /^(?:_|PWD|OLDPWD|PPID|U?E?UID|GROUPS|S?RANDOM|SECONDS|LINENO|EPOCH\w*|BASH\w*|SHELLOPTS|FUNCNAME|DIRSTACK|HISTCMD|OPT(?:IND|ARG|ERR)|PIPESTATUS|COMP_\w*|MAPFILE|REPLY|COPROC)$/

/** What changes how shells and commands work. */
const STEERING =
  /^(?:IFS|PATH|HOME|CDPATH|ENV|SHELLOPTS|BASHOPTS|BASH_\w+|LD_\w+|LC_\w+|LANG|TZ|POSIXLY_CORRECT)$/

/** The variables that a step's `env` sets; undefined where that changes what words mean. */
export function stateOf(env: readonly (readonly [name: string, value: string])[]): ShellState | undefined {
  const steers = env.some(([name]) => /^(?:IFS|SHELLOPTS|BASHOPTS|LD_\w+)$/.test(name))
  return steers ? undefined : { env: new Map(env), own: new Map() }
}

export function valueIn({ env, own }: ShellState, name: string): Text {
  if (SPECIAL.test(name)) return undefined
  if (own.has(name)) return own.get(name)
  return env.get(name) ?? (name === 'HOME' ? HOME : undefined)
}

/** Whether following a text can go on after an assignment of it. */
export function maySet(name: string): boolean {
  return !SPECIAL.test(name) && !STEERING.test(name)
}

export function withValue({ env, own }: ShellState, name: string, value: Text): ShellState {
  return { env, own: new Map(own).set(name, value) }
}

/** The same for states of one script in which the same is known. */
export function keyOf({ own }: ShellState): string {
  return JSON.stringify([...own].map(([name, value]) => [name, value ?? null]).sort())
}
