import { posix } from 'node:path'
import { type CommandReads, namedFiles, ofKnown, READS_NOTHING, type Reader } from './command-reads.ts'
import { FIND } from './find-command.ts'
import { OWNERS, TIME_ZONE } from './host-files.ts'
import {
  CRONTAB,
  DATE,
  FREE,
  GETENT,
  HOSTNAME,
  ID,
  NPROC,
  PGREP,
  PIDOF,
  PS,
  UNAME,
  UPTIME,
  WHOAMI,
} from './host-tools.ts'
import { APK, DPKG, DPKG_QUERY, RPM } from './package-tools.ts'
import type { Text } from './shell-text.ts'
import { SYSTEMCTL } from './systemd-units.ts'
import { expressionOf, testedFiles } from './test-command.ts'
import { AWK, GREP, SED } from './text-tools.ts'

/** Where commands are looked for, the folders of `$PATH` besides. */
export const PROGRAM_FOLDERS = ['/usr', '/bin', '/sbin', '/opt', '/snap/bin'] as const

const tested =
  (name: string): Reader =>
  args => {
    const expression = expressionOf([name, ...args])
    const paths = expression && testedFiles(expression)
    return paths === undefined ? 'anything' : { paths: paths.filter(path => path !== '') }
  }

const DIGESTS = namedFiles(/^-[bt]+$/)

/** Of a file and a folder it compares the one of that name in the folder, which may be a link. */
const DIFF: Reader = ofKnown(args => {
  const reads = namedFiles(/^-[abBiqsuw]+$/)(args)
  if (reads === 'anything') return reads
  const [one, other] = reads.paths
  const inside = (folder = '', file = '') => `${folder}/${posix.basename(file)}`
  const within = other === undefined ? [] : [inside(other, one), inside(one, other)]
  return { paths: [...reads.paths, ...TIME_ZONE, ...within] }
})

/** Of what links in a folder lead to it tells nothing. */
const LS: Reader = ofKnown(args => {
  const times = args.some(word => /^-.*[lgo]/.test(word)) ? TIME_ZONE : []
  const reads = namedFiles(/^-[1aAdlhinpstSrgoR]+$/, [...OWNERS, ...times])(args)
  const here = args.every(word => word.startsWith('-'))
  return reads === 'anything' || !here ? reads : { paths: [...reads.paths, '.'] }
})

const STAT: Reader = ofKnown(args => {
  const isFormatted = args.some(word => /^(?:-L?c|--(?:format|printf)=.*)$/s.test(word))
  const times = isFormatted && !args.some(word => /%[^%]*[wxyz]/.test(word)) ? [] : TIME_ZONE
  return namedFiles(/^(?:-[cLt]|-Lc|--(?:format|printf)=.*)$/s, [...OWNERS, ...times])(args)
})

/** Where commands are looked for; one with a slash is looked at itself. */
const programs = (options: RegExp): Reader =>
  ofKnown(args => {
    if (args.some(word => word.startsWith('-') && !options.test(word))) return 'anything'
    const names = args.filter(word => !word.startsWith('-') && word !== '')
    return {
      paths: names.filter(word => word.includes('/')),
      programs: names.filter(word => !word.includes('/')),
    }
  })

/** Some shells can put the output into a variable, and tell the time. */
const PRINTF: Reader = ([format]) =>
  format === undefined || /^-|%[^%]*\(/.test(format) ? 'anything' : { paths: [] }

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
  diff: DIFF,
  cut: namedFiles(/^-[bcdfsn]/),
  sort: namedFiles(/^-(?:[bdfgiMhnVruzsc]+|k[\d,.bdfginr]*|t.?)$/),
  uniq: namedFiles(/^-[cdiu]+$/),
  sed: SED,
  find: FIND,
  ls: LS,
  stat: STAT,
  readlink: namedFiles(/^-[fenmqsvz]+$/),
  realpath: namedFiles(/^-[emqszP]+$/),
  sha256sum: DIGESTS,
  sha512sum: DIGESTS,
  sha1sum: DIGESTS,
  md5sum: DIGESTS,
  cksum: namedFiles(/(?!)/),
  sleep: READS_NOTHING,
  uname: UNAME,
  nproc: NPROC,
  arch: READS_NOTHING,
  uptime: UPTIME,
  free: FREE,
  pgrep: PGREP,
  pidof: PIDOF,
  ps: PS,
  hostname: HOSTNAME,
  date: DATE,
  systemctl: SYSTEMCTL,
  whoami: WHOAMI,
  id: ID,
  getent: GETENT,
  crontab: CRONTAB,
  'dpkg-query': DPKG_QUERY,
  dpkg: DPKG,
  rpm: RPM,
  apk: APK,
  command: args => (args[0] === '-v' ? programs(/^--$/)(args.slice(1)) : 'anything'),
  which: programs(/^-a$/),
  type: programs(/^-[aptP]$/),
}

/** The commands of which something is known; docs/preview.md lists them. */
export const KNOWN_COMMANDS: readonly string[] = Object.keys(READERS)

/** What a command reads besides itself and its libraries; only what is sure. */
export function readsOfCommand([first, ...args]: readonly Text[]): CommandReads {
  if (first === undefined) return 'anything'
  const name = /^(?:\/usr)?\/bin\/([^/]+)$/.exec(first)?.[1] ?? first
  return Object.hasOwn(READERS, name) ? (READERS[name] as Reader)(args) : 'anything'
}
