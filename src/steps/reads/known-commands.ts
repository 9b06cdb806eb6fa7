import {
  type CommandReads,
  inFolders,
  namedFiles,
  ofKnown,
  READS_NOTHING,
  type Reader,
} from './command-reads.ts'
import { FIND } from './find-command.ts'
import type { Text } from './shell-text.ts'
import { SYSTEMCTL } from './systemd-units.ts'
import { expressionOf, testedFiles } from './test-command.ts'
import { AWK, GREP, SED } from './text-tools.ts'

/** Where commands are looked for, the folders of `$PATH` besides. */
export const PROGRAM_FOLDERS = ['/usr', '/bin', '/sbin', '/opt', '/snap/bin'] as const

const ACCOUNTS = ['/etc'] as const

const tested =
  (name: string): Reader =>
  args => {
    const expression = expressionOf([name, ...args])
    const paths = expression && testedFiles(expression)
    return paths === undefined ? 'anything' : { paths: paths.filter(path => path !== '') }
  }

const DIGESTS = namedFiles(/^-[bt]+$/)

const LS: Reader = ofKnown(args => {
  const reads = namedFiles(/^-[1aAdlhinpstSrFgoR]+$/, ['/etc/passwd', '/etc/group'])(args)
  const here = args.every(word => word.startsWith('-'))
  return reads === 'anything' || !here ? reads : { paths: [...reads.paths, '.'] }
})

/** What the kernel tells. */
const KERNEL = inFolders(['/proc', '/sys'])

/** A pattern, and options that do not take one or a process from a file. */
const PROCESSES = inFolders(['/proc', ...ACCOUNTS], args =>
  args.every(word => /^(?:-[acfilnosvwxuUgGtPOr]+|[^-].*)$/s.test(word)),
)

/** Where commands are looked for; one with a slash is looked at itself. */
const PROGRAMS: Reader = ofKnown(args => ({
  paths: args.filter(word => word.includes('/')),
  programs: true,
}))

/** Some shells can put the output into a variable, and tell the time. */
const PRINTF: Reader = ([format]) =>
  format === undefined || /^-|%[^%]*\(/.test(format) ? 'anything' : { paths: [] }

const PACKAGES = ['/var/lib/dpkg', '/etc/dpkg'] as const
const RPM = inFolders(['/var/lib/rpm', '/usr/lib/sysimage', '/etc/rpm'], ([first = '', ...names]) => {
  const [wanted = '', ...rest] = names
  const asked = /^(?:--whatprovides|--quiet)$/.test(wanted) ? rest : names
  return /^-q[ailc]*$/.test(first) && asked.every(name => !/^-|\//.test(name))
})

const CRONTABS = ['/var/spool/cron', '/var/cron', '/etc'] as const

/** Of packages by their names. */
const APK = inFolders(
  ['/lib/apk', '/usr/lib/apk', '/etc/apk', '/etc/apk/cache', '/var/cache/apk'],
  ([first = '', ...rest]) =>
    first === 'info' && rest.every(word => /^(?:-[qe]+|--quiet|--installed|[^-/][^/]*)$/.test(word)),
)

const READERS: Readonly<Record<string, Reader>> = {
  true: READS_NOTHING,
  false: READS_NOTHING,
  ':': READS_NOTHING,
  echo: READS_NOTHING,
  printf: PRINTF,
  exit: READS_NOTHING,
  return: READS_NOTHING,
  expr: READS_NOTHING,
  basename: READS_NOTHING,
  dirname: READS_NOTHING,
  tr: READS_NOTHING,
  test: tested('test'),
  '[': tested('['),
  grep: GREP,
  egrep: GREP,
  fgrep: GREP,
  awk: AWK,
  cat: namedFiles(/^-[AbeEnstTuv]+$/),
  head: namedFiles(/^-[qvz]*[cn]?[+-]?\d*$/),
  tail: namedFiles(/^-[qvz]*[cn]?[+-]?\d*$/),
  wc: namedFiles(/^-[clmwL]+$/),
  cmp: namedFiles(/^-[bls]+$/),
  diff: namedFiles(/^-[abBiqsuw]+$/),
  cut: namedFiles(/^-[bcdfsn]/),
  sort: namedFiles(/^-(?:[bdfgiMhnVruzsc]+|k[\d,.bdfginr]*|t.?)$/),
  uniq: namedFiles(/^-[cdiu]+$/),
  sed: SED,
  find: FIND,
  ls: LS,
  stat: namedFiles(/^(?:-[cLt]|-Lc|--(?:format|printf)=.*)$/, ['/etc/passwd', '/etc/group']),
  readlink: namedFiles(/^-[fenmqsvz]+$/),
  realpath: namedFiles(/^-[emqszP]+$/),
  sha256sum: DIGESTS,
  sha512sum: DIGESTS,
  sha1sum: DIGESTS,
  md5sum: DIGESTS,
  cksum: namedFiles(/(?!)/),
  sleep: READS_NOTHING,
  uname: READS_NOTHING,
  nproc: READS_NOTHING,
  arch: READS_NOTHING,
  uptime: inFolders(['/proc', '/run/utmp', '/var/run/utmp']),
  free: KERNEL,
  pgrep: PROCESSES,
  pidof: PROCESSES,
  ps: inFolders(['/proc', ...ACCOUNTS]),
  hostname: inFolders(ACCOUNTS, args => args.every(word => /^-[sI]$/.test(word))),
  date: inFolders(['/etc/localtime', '/usr/share/zoneinfo'], args =>
    args.every(word => word === '-u' || word.startsWith('+')),
  ),
  systemctl: SYSTEMCTL,
  whoami: inFolders(ACCOUNTS),
  id: () => ({ paths: ACCOUNTS }),
  getent: inFolders(ACCOUNTS, ([database = '']) => /^(?:passwd|group|shadow|gshadow)$/.test(database)),
  crontab: inFolders(CRONTABS, args => /^(?:-u [^ ]+ )?-l$/.test(args.join(' '))),
  'dpkg-query': inFolders(PACKAGES, args =>
    args.every(word => /^(?:-[WlsLf]|-f=.*|--(?:show|list|status|showformat=.*)|[^-].*)$/s.test(word)),
  ),
  dpkg: inFolders(PACKAGES, ([first = '', ...rest]) => {
    return /^(?:-[slL]|--status|--list)$/.test(first) && rest.every(word => !word.startsWith('-'))
  }),
  rpm: RPM,
  apk: APK,
  command: args => (args[0] === '-v' ? PROGRAMS(args.slice(1)) : 'anything'),
  which: PROGRAMS,
  type: PROGRAMS,
}

/** The commands of which something is known; docs/preview.md lists them. */
export const KNOWN_COMMANDS: readonly string[] = Object.keys(READERS)

/** What a command reads besides itself and its libraries; only what is sure. */
export function readsOfCommand([first, ...args]: readonly Text[]): CommandReads {
  if (first === undefined) return 'anything'
  const name = /^(?:\/usr)?\/bin\/([^/]+)$/.exec(first)?.[1] ?? first
  return Object.hasOwn(READERS, name) ? (READERS[name] as Reader)(args) : 'anything'
}
