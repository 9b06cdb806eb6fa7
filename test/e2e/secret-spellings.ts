import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { stringify } from 'yaml'

/** By the name of a tool or of a spelling: a secret as it spells it, and perhaps something around it. */
export type Spellings = Readonly<Record<string, string>>

/**
 * A secret as others may spell it: by the tools of this machine, and by what Node has; made without drover's own list of
 * forms. Tools that are not there are left out.
 */
export function spellings(secret: string): Spellings {
  return { ...byNode(secret), ...byTools(secret) }
}

/** What each of `texts` may be told by: its lines, where it has some that are long enough to be nothing else. */
export function tellingLines(spelled: string): readonly string[] {
  const lines = spelled.split('\n').map(line => line.trim())
  const long = lines.filter(line => line.length >= 16)
  return long.length > 0 ? long : [spelled]
}

function byNode(secret: string): Spellings {
  const bytes = Buffer.from(secret)
  return {
    plain: secret,
    ...base64(bytes),
    'percent-encoded': encodeURIComponent(secret),
    'percent-encoded twice': encodeURIComponent(encodeURIComponent(secret)),
    form: new URLSearchParams({ s: secret }).toString().slice(2),
    'password of a URL': Object.assign(new URL('http://u@h'), { password: secret }).password,
    'single quotes': secret.replaceAll("'", `'\\''`),
    'single quotes in double ones': secret.replaceAll("'", `'"'"'`),
    'doubled quotes': secret.replaceAll("'", "''"),
    'double quotes': secret.replaceAll(/[\\"$`]/g, '\\$&'),
    backslashes: secret.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    json: JSON.stringify(secret).slice(1, -1),
    'json in json': JSON.stringify(JSON.stringify(secret)).slice(1, -1),
    'json in single quotes': JSON.stringify(secret).replaceAll("'", `'\\''`).slice(1, -1),
    'json in a URL': encodeURIComponent(JSON.stringify(secret)),
    'html in json': JSON.stringify(html(secret)).slice(1, -1),
    html: html(secret),
    'html with numbers': html(secret).replaceAll(
      /&(lt|gt|amp|quot|apos);/g,
      (_, name) => NUMBERS[name] ?? '',
    ),
    'all in numbers': [...secret].map(char => `&#${char.codePointAt(0)};`).join(''),
    'all in \\u': secret.replaceAll(/./gsu, char => inUnits(char)),
    inspect: inspect(secret).slice(1, -1),
    ...(bytes.length > 50 ? {} : { 'a buffer': inspect(bytes) }),
    yaml: stringify({ s: secret }),
    'yaml in double quotes': stringify({ s: secret }, { defaultStringType: 'QUOTE_DOUBLE' }),
    hex: bytes.toString('hex'),
    HEX: bytes.toString('hex').toUpperCase(),
    'hex with colons': bytes.toString('hex').replaceAll(/..(?=.)/g, '$&:'),
    'an array in C': [...bytes].map(byte => `0x${byte.toString(16).padStart(2, '0')}`).join(', '),
    'all in \\x': [...bytes].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    'all in \\X': [...bytes].map(byte => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    'carriage returns': secret.replaceAll('\n', '\r\n'),
    'indented lines': secret.replaceAll('\n', '\n    '),
  }
}

const NUMBERS: Readonly<Record<string, string>> = {
  lt: '&#60;',
  gt: '&#x3e;',
  amp: '&#38;',
  quot: '&#34;',
  apos: '&#039;',
}

function html(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '<': 'lt',
    '>': 'gt',
    '&': 'amp',
    '"': 'quot',
    "'": 'apos',
  }
  return text.replaceAll(/[<>&"']/g, char => `&${names[char]};`)
}

function inUnits(char: string): string {
  return char
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Behind none, one, two bytes: what is made of the secret alone. */
function base64(bytes: Buffer): Spellings {
  const core = (before: number, encoding: 'base64' | 'base64url') => {
    const whole = Buffer.concat([Buffer.from('xy'.slice(0, before)), bytes])
    return whole.toString(encoding).slice(before === 0 ? 0 : before + 1, Math.floor((whole.length * 4) / 3))
  }
  return {
    'base64 at the start': core(0, 'base64'),
    'base64 after one byte': core(1, 'base64'),
    'base64 after two bytes': core(2, 'base64'),
    'base64 in a URL': encodeURIComponent(core(0, 'base64')),
    base64url: core(0, 'base64url'),
    'base64url after one byte': core(1, 'base64url'),
    'base64 of UTF-16': Buffer.from(bytes.toString(), 'utf16le').toString('base64').replaceAll('=', ''),
  }
}

/** Commands of sh with the secret in $S and in the file $F of the folder $D. */
const COMMANDS: Readonly<Record<string, readonly [tool: string, command: string]>> = {
  base64: ['base64', 'base64 < "$F"'],
  'base64 in short lines': ['base64', 'base64 -w 20 < "$F"'],
  'base64 of more': ['base64', '{ printf user:; cat "$F"; echo more; } | base64'],
  'base64 of openssl': ['openssl', 'openssl base64 < "$F"'],
  'base64 of base64 in json': ['jq', 'base64 < "$F" | jq -Rs .'],
  base32: ['base32', 'base32 < "$F"'],
  'base32 of more': ['base32', '{ printf abc; cat "$F"; } | base32'],
  od: ['od', 'od -An -tx1 < "$F"'],
  'od with places': ['od', 'od -tx1 < "$F"'],
  'od with letters': ['od', 'od -tx1z < "$F"'],
  xxd: ['xxd', 'xxd < "$F"'],
  'xxd -p': ['xxd', 'xxd -p < "$F"'],
  'xxd -i': ['xxd', 'xxd -i < "$F"'],
  'hexdump -C': ['hexdump', 'hexdump -C < "$F"'],
  'printf %q': ['bash', 'LC_ALL=C.UTF-8 bash --norc -c \'printf %q "$S"\''],
  'printf %q in C': ['bash', 'LC_ALL=C bash --norc -c \'printf %q "$S"\''],
  '@Q': ['bash', 'LC_ALL=C.UTF-8 bash --norc -c \'echo "${S@Q}"\''],
  '@Q in C': ['bash', 'LC_ALL=C bash --norc -c \'echo "${S@Q}"\''],
  '@E of declare': ['bash', "bash --norc -c 'declare -p S'"],
  'set -x': ['bash', 'LC_ALL=C bash --norc -xc \': "$S"\' 2>&1'],
  'sh -x': ['sh', 'sh -xc \': "$S"\' 2>&1'],
  'zsh q': ['zsh', "zsh -c 'print -r -- ${(q)S}'"],
  'zsh qqqq': ['zsh', "zsh -c 'print -r -- ${(qqqq)S}'"],
  fish: ['fish', "HOME=$D XDG_RUNTIME_DIR=$D LC_ALL=C.UTF-8 fish --no-config -c 'string escape -- $S'"],
  'fish for URLs': [
    'fish',
    "HOME=$D XDG_RUNTIME_DIR=$D LC_ALL=C.UTF-8 fish --no-config -c 'string escape --style=url -- $S'",
  ],
  jq: ['jq', 'jq -n env.S'],
  'jq in ASCII': ['jq', 'jq -an env.S'],
  'jq @sh': ['jq', "jq -nr 'env.S|@sh'"],
  'jq @html': ['jq', "jq -nr 'env.S|@html'"],
  'jq @uri': ['jq', "jq -nr 'env.S|@uri'"],
  'jq @csv': ['jq', "jq -nr '[env.S]|@csv'"],
  'jq @text': ['jq', "jq -nr 'env.S|@text'"],
  repr: ['python3', 'python3 -c \'import os; print(repr(os.environ["S"]))\''],
  'repr of bytes': ['python3', 'python3 -c \'import os; print(os.environb[b"S"])\''],
  ascii: ['python3', 'python3 -c \'import os; print(ascii(os.environ["S"]))\''],
  'json of Python': ['python3', 'python3 -c \'import os, json; print(json.dumps(os.environ["S"]))\''],
  'html of Python': ['python3', 'python3 -c \'import os, html; print(html.escape(os.environ["S"]))\''],
  'shlex of Python': ['python3', 'python3 -c \'import os, shlex; print(shlex.quote(os.environ["S"]))\''],
  'URL of Python': [
    'python3',
    'python3 -c \'import os, urllib.parse as u; print(u.quote_plus(os.environ["S"]))\'',
  ],
  'quoted-printable': [
    'python3',
    'python3 -c \'import os, quopri; print(quopri.encodestring(os.environb[b"S"]).decode())\'',
  ],
  backslashreplace: [
    'python3',
    'python3 -c \'import os; print(os.environ["S"].encode("unicode_escape").decode())\'',
  ],
  'base64 of Python': [
    'python3',
    'python3 -c \'import os, base64; print(base64.encodebytes(os.environb[b"S"]).decode())\'',
  ],
}

/** How `ls` tells of a name, on its output and in its errors. */
const LS = ['shell-escape', 'shell', 'c', 'escape', 'literal', 'locale'] as const

function byTools(secret: string): Spellings {
  const folder = mkdtempSync(join(tmpdir(), 'drover-spellings-'))
  try {
    const file = join(folder, 'secret')
    writeFileSync(file, secret)
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, S: secret, F: file, D: folder, N: secret.replaceAll('/', '') }
    const asked = Object.entries(COMMANDS).filter(([, [tool]]) => isThere(tool))
    const named = LS.flatMap(style =>
      (['C', 'C.UTF-8'] as const).map(
        locale =>
          [
            `ls ${style} in ${locale}`,
            ['ls', `LC_ALL=${locale} QUOTING_STYLE=${style} ls -- "$N" 2>&1`],
          ] as const,
      ),
    )
    // The errors of ls only have names that a file may have.
    const fits = secret.includes('/') || Buffer.byteLength(secret) > 255 ? [] : named
    return Object.fromEntries([...asked, ...fits].map(([name, [, command]]) => [name, said(command, env)]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function said(command: string, env: NodeJS.ProcessEnv): string {
  return execFileSync('/bin/sh', ['-c', `${command} || :`], { env, encoding: 'utf8' }).replace(/\n$/, '')
}

const THERE = new Map<string, boolean>()

function isThere(tool: string): boolean {
  const known = THERE.get(tool)
  if (known !== undefined) return known
  const found = said(
    `command -v ${tool} >/dev/null && ${tool} --version >/dev/null 2>&1 </dev/null && echo yes`,
    process.env,
  )
  THERE.set(tool, found === 'yes')
  return found === 'yes'
}
