import { isTime } from './times.ts'

/** What may stand behind a keyword. */
export interface Syntax {
  /** How many words; `rest`: whatever the line holds. */
  readonly takes: 'one' | 'some' | 'rest'
  /** What a word has to be; absent: anything that is not empty. */
  readonly check?: (word: string) => boolean
  /** All mentions count, not the first only. */
  readonly isList?: true
}

const either = (words: string) => {
  const known = words.split(' ')
  return (word: string) => known.includes(word.toLowerCase())
}
const FLAG: Syntax = { takes: 'one', check: either('yes no true false') }
const ONE: Syntax = { takes: 'one' }
const SOME: Syntax = { takes: 'some' }
const REST: Syntax = { takes: 'rest' }
const TIME: Syntax = { takes: 'one', check: word => word === 'none' || isTime(word) }
const NUMBER: Syntax = { takes: 'one', check: word => /^\+?\d+$/.test(word) && Number(word) < 2 ** 31 }
const flagOr = (words: string): Syntax => ({ takes: 'one', check: either(`yes no true false ${words}`) })
const oneOf = (words: string): Syntax => ({ takes: 'one', check: either(words) })

/** All that decides about connections here. */
const READ = {
  hostname: ONE,
  port: ONE,
  user: ONE,
  addressfamily: oneOf('any inet inet6'),
  bindaddress: ONE,
  bindinterface: ONE,
  connecttimeout: TIME,
  connectionattempts: NUMBER,
  proxycommand: REST,
  proxyjump: REST,
  proxyusefdpass: FLAG,
  canonicalizehostname: flagOr('always'),
  tag: ONE,
  identityfile: { ...ONE, isList: true },
  certificatefile: { ...ONE, isList: true },
  identitiesonly: FLAG,
  identityagent: ONE,
  pkcs11provider: ONE,
  pubkeyauthentication: flagOr('unbound host-bound'),
  passwordauthentication: FLAG,
  kbdinteractiveauthentication: FLAG,
  preferredauthentications: ONE,
  numberofpasswordprompts: NUMBER,
  batchmode: FLAG,
  ciphers: ONE,
  macs: ONE,
  kexalgorithms: ONE,
  hostkeyalgorithms: ONE,
  pubkeyacceptedalgorithms: ONE,
  hostkeyalias: ONE,
  stricthostkeychecking: flagOr('ask off accept-new'),
  userknownhostsfile: SOME,
  globalknownhostsfile: SOME,
  hashknownhosts: FLAG,
  checkhostip: FLAG,
  knownhostscommand: REST,
  revokedhostkeys: ONE,
} as const satisfies Readonly<Record<string, Syntax>>

export type Keyword = keyof typeof READ

const LEVELS = 'quiet fatal error info verbose debug debug1 debug2 debug3'
const FACILITIES = 'daemon user auth authpriv local0 local1 local2 local3 local4 local5 local6 local7'

/** What is left to ssh. What it refuses there is refused here too, or a slip of the pen would count as nothing. */
const OTHERS: readonly (readonly [names: string, Syntax])[] = [
  ['addkeystoagent', { takes: 'some' }],
  ['canonicalizefallbacklocal clearallforwardings enablesshkeysign', FLAG],
  ['enableescapecommandline exitonforwardfailure forkafterauthentication forwardx11', FLAG],
  ['forwardx11trusted gatewayports hostbasedauthentication nohostauthenticationforlocalhost', FLAG],
  ['permitlocalcommand stdinnull streamlocalbindunlink tcpkeepalive keepalive visualhostkey', FLAG],
  ['gssapiauthentication gssapidelegatecredentials gssapikeyexchange gssapitrustdns', FLAG],
  ['gssapirenewalforcesrekey', FLAG],
  ['compression', oneOf('yes no')],
  ['controlmaster', flagOr('auto ask autoask')],
  ['fingerprinthash', oneOf('md5 sha256')],
  ['loglevel', oneOf(LEVELS)],
  ['requesttty', flagOr('force auto')],
  ['sessiontype', oneOf('none subsystem default')],
  ['syslogfacility', oneOf(FACILITIES)],
  ['tunnel', flagOr('ethernet point-to-point')],
  ['updatehostkeys verifyhostkeydns', flagOr('ask')],
  ['warnweakcrypto', flagOr('no-pq-kex')],
  ['forwardx11timeout serveraliveinterval protocolkeepalives setuptimeout', TIME],
  ['controlpersist', { takes: 'one', check: word => FLAG.check?.(word) === true || isTime(word) }],
  ['canonicalizemaxdots requiredrsasize serveralivecountmax', NUMBER],
  ['casignaturealgorithms controlpath escapechar forwardagent', ONE],
  ['gssapiclientidentity gssapikexalgorithms gssapiserveridentity', ONE],
  ['hostbasedacceptedalgorithms hostbasedkeytypes ignoreunknown', ONE],
  ['kbdinteractivedevices obscurekeystroketiming securitykeyprovider', ONE],
  ['smartcarddevice streamlocalbindmask tunneldevice versionaddendum xauthlocation', ONE],
  ['canonicaldomains canonicalizepermittedcnames channeltimeout dynamicforward ipqos', SOME],
  ['localforward logverbose permitremoteopen refuseconnection rekeylimit remoteforward', SOME],
  ['sendenv setenv', SOME],
  ['localcommand remotecommand', REST],
  // Those that ssh passes over with whatever they say: it did without them long ago.
  ['afstokenpassing cipher compressionlevel fallbacktorsh globalknownhostsfile2', REST],
  ['kerberosauthentication kerberostgtpassing protocol rhostsauthentication', REST],
  ['rhostsrsaauthentication rsaauthentication useprivilegedport userknownhostsfile2', REST],
  ['useroaming usersh', REST],
  // They are read by themselves.
  ['host match include', REST],
]

/** Apple's ssh has this one, and no other. */
const OF_APPLE = 'usekeychain'

const SYNTAX: ReadonlyMap<string, Syntax> = new Map([
  ...Object.entries<Syntax>(READ),
  ...OTHERS.flatMap(([names, syntax]) => names.split(' ').map(name => [name, syntax] as const)),
  ...(process.platform === 'darwin' ? ([[OF_APPLE, FLAG]] as const) : []),
])

/** Older names of the same thing. */
const ALIASES: Readonly<Record<string, Keyword>> = {
  identityfile2: 'identityfile',
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
}

/** What may stand behind a keyword; undefined: ssh has none of that name. */
export function syntaxOf(name: string): Syntax | undefined {
  return SYNTAX.get(aliasOf(name))
}

/** A keyword that decides about connections here; undefined for all others, which are left to ssh. */
export function keywordOf(name: string): Keyword | undefined {
  const keyword = aliasOf(name)
  return Object.hasOwn(READ, keyword) ? (keyword as Keyword) : undefined
}

function aliasOf(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
}
