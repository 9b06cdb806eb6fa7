/** Where commands are looked for, the folders of `$PATH` besides. */
export const PROGRAM_FOLDERS = ['/usr', '/bin', '/sbin', '/opt', '/snap/bin'] as const

/** What a command reads: paths, those where commands are looked for, or `anything` where that is not known. */
export interface CommandReads {
  readonly paths: readonly string[]
  readonly programs?: true
}

type Reader = (args: readonly string[]) => CommandReads | 'anything'

const NOTHING: Reader = () => ({ paths: [] })

/** Reads no file but those that its words may name. `options` are the ones that change nothing about that. */
function namedFiles(options: RegExp, more: readonly string[] = []): Reader {
  return args => {
    const isOption = (word: string) => word.length > 1 && word.startsWith('-') && word !== '--'
    if (args.some(word => isOption(word) && !options.test(word))) return 'anything'
    const names = args.filter(word => !isOption(word) && word !== '' && word !== '-' && word !== '--')
    return { paths: [...names, ...more] }
  }
}

/** Nothing but what lies in these folders, with options that say so. */
function inFolders(
  folders: readonly string[],
  fits: (args: readonly string[]) => boolean = () => true,
): Reader {
  return args => (fits(args) ? { paths: folders } : 'anything')
}

const TEST: Reader = args => ({
  paths: args.filter(word => !/^(?:-[a-zA-Z]+|[=!()\]]|!=|==|-?\d*)$/.test(word)),
})

const GREP = namedFiles(
  /^(?:-[EFGPivwxcqslhHnobzaLemABC\d]*f?|--(?:quiet|silent|ignore-case|extended-regexp|fixed-strings|line-regexp|word-regexp|count|invert-match|no-messages))$/,
)

const DIGESTS = namedFiles(/^-[bt]+$/)

const ACCOUNTS = ['/etc'] as const

/** Scripts of sed that print, delete or substitute, and can neither read, write nor run. */
const SED_SCRIPT = /^(?:(?:\d+|\$|\d+,(?:\d+|\$)|\/[^/\\\n]*\/)?[pqd]|s\/[^/\\\n]*\/[^/\\\n]*\/[gp\d]*)$/

const SED: Reader = args => {
  const options = args.filter(word => word.startsWith('-'))
  const [script = '', ...files] = args.filter(word => !word.startsWith('-'))
  const plain = options.every(word => /^-[nEr]+$/.test(word)) && SED_SCRIPT.test(script)
  return plain ? { paths: files } : 'anything'
}

const LS: Reader = args => {
  const reads = namedFiles(/^-[1aAdlhinpstSrFgoR]+$/, ['/etc/passwd', '/etc/group'])(args)
  const here = args.every(word => word.startsWith('-'))
  return reads === 'anything' || !here ? reads : { paths: [...reads.paths, '.'] }
}

/** What the kernel tells. */
const KERNEL = inFolders(['/proc', '/sys'])

/** Units and their states; a file of a unit counts once systemd has read it. */
const SYSTEMCTL = inFolders(
  ['/proc', '/run/systemd', '/etc/systemd', '/usr/lib/systemd', '/lib/systemd', '/usr/local/lib/systemd'],
  args => {
    const [verb, ...units] = args.filter(word => word !== '--quiet' && word !== '-q')
    return /^is-(?:active|enabled|failed)$/.test(verb ?? '') && units.every(unit => !unit.startsWith('-'))
  },
)

const PROGRAMS: Reader = () => ({ paths: [], programs: true })

const READERS: Readonly<Record<string, Reader>> = {
  true: NOTHING,
  false: NOTHING,
  ':': NOTHING,
  echo: NOTHING,
  printf: NOTHING,
  exit: NOTHING,
  expr: NOTHING,
  basename: NOTHING,
  dirname: NOTHING,
  tr: NOTHING,
  test: TEST,
  '[': TEST,
  grep: GREP,
  egrep: GREP,
  fgrep: GREP,
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
  ls: LS,
  stat: namedFiles(/^(?:-[cLt]|-Lc|--(?:format|printf)=.*)$/, ['/etc/passwd', '/etc/group']),
  readlink: namedFiles(/^-[fenmqsvz]+$/),
  realpath: namedFiles(/^-[emqszP]+$/),
  sha256sum: DIGESTS,
  sha512sum: DIGESTS,
  sha1sum: DIGESTS,
  md5sum: DIGESTS,
  cksum: namedFiles(/(?!)/),
  sleep: NOTHING,
  uname: NOTHING,
  nproc: NOTHING,
  arch: NOTHING,
  uptime: inFolders(['/proc', '/run/utmp', '/var/run/utmp']),
  free: KERNEL,
  pgrep: KERNEL,
  pidof: KERNEL,
  ps: inFolders(['/proc', ...ACCOUNTS]),
  hostname: inFolders(ACCOUNTS, args => args.every(word => /^-[sfdiI]$/.test(word))),
  date: inFolders(['/etc/localtime', '/usr/share/zoneinfo'], args =>
    args.every(word => word === '-u' || word.startsWith('+')),
  ),
  systemctl: SYSTEMCTL,
  whoami: inFolders(ACCOUNTS),
  id: inFolders(ACCOUNTS),
  getent: inFolders(ACCOUNTS, ([database = '']) => /^(?:passwd|group|shadow|gshadow)$/.test(database)),
  'dpkg-query': inFolders(['/var/lib/dpkg', '/etc/dpkg']),
  dpkg: inFolders(['/var/lib/dpkg', '/etc/dpkg'], ([first = '']) =>
    /^(?:-[slL]|--status|--list)$/.test(first),
  ),
  rpm: inFolders(['/var/lib/rpm', '/usr/lib/sysimage', '/etc/rpm'], ([first = '', ...names]) => {
    return /^-q[ailc]*$/.test(first) && names.every(name => !/^-|\//.test(name))
  }),
  command: args => (args[0] === '-v' ? PROGRAMS(args) : 'anything'),
  which: PROGRAMS,
  type: PROGRAMS,
}

/** The commands of which something is known; docs/preview.md lists them. */
export const KNOWN_COMMANDS: readonly string[] = Object.keys(READERS)

/** What a command reads besides itself and its libraries; only what is sure. */
export function readsOfCommand([first = '', ...args]: readonly string[]): CommandReads | 'anything' {
  const name = /^(?:\/usr)?\/bin\/([^/]+)$/.exec(first)?.[1] ?? first
  return Object.hasOwn(READERS, name) ? (READERS[name] as Reader)(args) : 'anything'
}
