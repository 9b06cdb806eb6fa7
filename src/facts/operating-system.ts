import type { Told } from './told.ts'

export interface OperatingSystem {
  readonly id: string
  readonly version: string
  readonly family: string
  readonly name: string
}

/** By os-release(5); else by the release file of older systems; else by `uname -s`. */
export function operatingSystem(told: Told): OperatingSystem {
  const value = (key: string, form: RegExp) =>
    told
      .all(key)
      .map(unquoted)
      .find(text => form.test(text)) ?? ''
  const id = value('os.id', ID).toLowerCase()
  if (id !== '') {
    const version = value('os.version', VERSION)
    const like = value('os.like', /^[\w. -]+$/)
      .toLowerCase()
      .split(/\s+/)
    return {
      id,
      version,
      family: familyOf([id, ...like]),
      name: value('os.name', NAME) || `${id} ${version}`.trim(),
    }
  }
  return byReleaseFile(told.first('release', NAME)) ?? bySystem(told)
}

const ID = /^[A-Za-z0-9][\w.-]*$/
const VERSION = /^[\w.+~:-]+$/
const NAME = /^\S/

/** `CentOS release 6.10 (Final)`, `SUSE Linux Enterprise Server 11 (x86_64)`. */
function byReleaseFile(name: string): OperatingSystem | undefined {
  const [, version] = /\s(\d[\d.]*)\b/.exec(name) ?? []
  const id = RELEASES.find(([pattern]) => pattern.test(name))?.[1]
  return id === undefined ? undefined : { id, version: version ?? '', family: familyOf([id]), name }
}

const RELEASES: readonly (readonly [RegExp, string])[] = [
  [/^CentOS/, 'centos'],
  [/^Red Hat/, 'rhel'],
  [/^Fedora/, 'fedora'],
  [/^Scientific/, 'scientific'],
  [/^Oracle/, 'ol'],
  [/^openSUSE/, 'opensuse'],
  [/^SUSE/, 'sles'],
]

/** FreeBSD, OpenBSD and macOS: `uname -r` is the version of the BSDs, not that of macOS. */
function bySystem(told: Told): OperatingSystem {
  const system = told.first('system', ID)
  const id = system.toLowerCase()
  const kernel = told.first('kernel', VERSION)
  const version = told.first('product', VERSION) || (familyOf([id]) === 'bsd' ? kernel : '')
  return { id, version, family: familyOf([id]), name: `${system} ${version}`.trim() }
}

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  debian: ['debian', 'ubuntu', 'raspbian', 'devuan', 'kali', 'linuxmint', 'pop'],
  rhel: ['rhel', 'fedora', 'centos', 'rocky', 'almalinux', 'ol', 'amzn', 'scientific'],
  suse: ['suse', 'sles', 'sled', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed'],
  alpine: ['alpine', 'postmarketos'],
  arch: ['arch', 'archlinux', 'manjaro'],
  bsd: ['freebsd', 'openbsd', 'netbsd', 'dragonfly', 'darwin'],
}

/** `ids`: a system's own id, then what it says it is like. */
function familyOf(ids: readonly string[]): string {
  for (const id of ids) {
    const found = Object.entries(FAMILIES).find(([, members]) => members.includes(id))
    if (found !== undefined) return found[0]
  }
  return ids[0] ?? ''
}

/** A shell word as os-release(5) has it: in single or double quotes, with backslashes before `$`, `"`, `\` and a backquote. */
function unquoted(text: string): string {
  const [, quote, inner = ''] = /^(['"])(.*)\1$/s.exec(text) ?? []
  if (quote === "'") return inner
  return (quote === '"' ? inner : text).replace(/\\([$"'`\\])/g, '$1')
}
