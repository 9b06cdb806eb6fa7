import { inFolders, ofKnown, type Reader } from './command-reads.ts'
import { ACCOUNTS, HOST_NAME, TIME_ZONE } from './host-files.ts'

const optionsIn =
  (options: RegExp) =>
  (args: readonly string[]): boolean =>
    args.every(word => options.test(word))

/** What the kernel tells. */
const KERNEL = ['/proc', '/sys'] as const

export const NPROC = inFolders(KERNEL, optionsIn(/^(?:--all|--ignore=\d+)$/))

export const FREE = inFolders(
  KERNEL,
  optionsIn(/^(?:-[bkmghtlwv]+|--(?:kibi|mebi|gibi|kilo|mega|giga|bytes|human|si|total|wide|lohi))$/),
)

export const UPTIME = inFolders(
  ['/proc', '/run/utmp', '/var/run/utmp', '/run/systemd', ...TIME_ZONE],
  optionsIn(/^(?:-[ps]|--pretty|--since)$/),
)

/** Patterns, and options that take neither one nor a process from a file. */
const PROCESS_WORDS = optionsIn(/^(?:-[acfilnosvwxuUgGtPOr]+|[^-].*)$/s)

export const PGREP = inFolders(['/proc', ...ACCOUNTS], PROCESS_WORDS)

/** A program with a slash is looked at itself. */
export const PIDOF: Reader = ofKnown(args =>
  PROCESS_WORDS(args) ? { paths: ['/proc', ...args.filter(word => word.includes('/'))] } : 'anything',
)

/** Options that choose and show processes; others could name a file of kernel symbols. */
const PS_OPTION = /^(?:-?[aAdefjuvwxH]+|-?[aAdefjuvwxH]*o[\w%,=.:]+)$/
const PS_WITH_VALUE = /^(?:-?[aAdefjuvwxH]*o|-[CgGpqstuU])$/

export const PS: Reader = ofKnown(args => {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (PS_WITH_VALUE.test(word) && at + 1 < args.length) at += 1
    else if (!PS_OPTION.test(word)) return 'anything'
  }
  return args.join(' ').includes('wchan')
    ? 'anything'
    : { paths: ['/proc', ...ACCOUNTS, ...TIME_ZONE.slice(-1)] }
})

/** With options it is a resolver that is asked, which may read and ask anything. */
export const HOSTNAME = inFolders(HOST_NAME, args => args.length === 0)

export const UNAME: Reader = ofKnown(args => {
  if (!optionsIn(/^-[amnoprsvi]+$/)(args)) return 'anything'
  return { paths: args.some(word => /[an]/.test(word)) ? HOST_NAME : [] }
})

export const DATE = inFolders(TIME_ZONE, optionsIn(/^(?:-u|\+.*)$/s))

export const WHOAMI = inFolders(ACCOUNTS, args => args.length === 0)

/** All its words are options, or names of accounts. */
export const ID: Reader = args =>
  args.every(word => word === undefined || /^(?:-[agGnruzZ]+|--|[^-].*|)$/s.test(word))
    ? { paths: ACCOUNTS }
    : 'anything'

export const GETENT = inFolders(ACCOUNTS, ([database = '', ...keys]) => {
  return /^(?:passwd|group|shadow|gshadow)$/.test(database) && keys.every(key => !key.startsWith('-'))
})

export const CRONTAB = inFolders(['/var/spool/cron', '/var/cron', ...ACCOUNTS], args => {
  const [option, account = '', ...rest] = args
  const [list, ...more] = option === '-u' && /^[^- ][^ ]*$/.test(account) ? rest : args
  return list === '-l' && more.length === 0
})
