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

/** What changes how shells and commands work, or where they find what they read. */
const STEERING = new RegExp(
  `^(?:${[
    ...['IFS', 'PATH', 'SHELLOPTS', String.raw`BASH\w*`, String.raw`LD_\w+`, String.raw`_?POSIX\w*`],
    ...['LOCPATH', 'NLSPATH', 'GCONV_PATH', 'TZDIR', String.raw`(?:GREP|PS|PROCPS|LIBPROC)_\w+`],
    ...[String.raw`G?AWK\w*`, String.raw`(?:DPKG|RPM|APK|SYSTEMD|DBUS|XDG)_\w+`],
  ].join('|')})$`,
)

/** What does so only with some values: a locale or a time zone may be a file. */
const HARMLESS: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/^(?:HOME|ENV|CDPATH)$/, /^/],
  [/^(?:LC_[A-Z]+|LANG|LANGUAGE)$/, /^[A-Za-z0-9_.@:-]*$/],
  [/^TZ$/, /^(?:[A-Za-z][A-Za-z0-9_+,/-]*)?$/],
]

/** Whether a variable in the surroundings of a command leaves it what it reads. */
export function isHarmless(name: string, value: Text): boolean {
  const values = HARMLESS.find(([names]) => names.test(name))?.[1]
  return values === undefined ? !STEERING.test(name) : value !== undefined && values.test(value)
}

/** The variables that a step's `env` sets; undefined where that changes what words mean, or what commands read. */
export function stateOf(env: readonly (readonly [name: string, value: string])[]): ShellState | undefined {
  const steers = env.some(([name, value]) => !isHarmless(name, value))
  return steers ? undefined : { env: new Map(env), own: new Map() }
}

export function valueIn({ env, own }: ShellState, name: string): Text {
  if (SPECIAL.test(name)) return undefined
  if (own.has(name)) return own.get(name)
  return env.get(name) ?? (name === 'HOME' ? HOME : undefined)
}

/** Whether following a text can go on after an assignment of it. */
export function maySet(name: string): boolean {
  return !SPECIAL.test(name) && !STEERING.test(name) && !HARMLESS.some(([names]) => names.test(name))
}

export function withValue({ env, own }: ShellState, name: string, value: Text): ShellState {
  return { env, own: new Map(own).set(name, value) }
}

/** The same for states of one script in which the same is known. */
export function keyOf({ own }: ShellState): string {
  return JSON.stringify([...own].map(([name, value]) => [name, value ?? null]).sort())
}
