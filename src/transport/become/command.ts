import type { BecomeMethod } from '../../model/playbook.ts'
import { type Opening, READY, SIGNS, type Way } from './opening.ts'

/**
 * What the user's shell does first, `$1` being READ, `$2` the login's LC_ALL and `$3` the sshd's port, for the name of a
 * lock: says that it is there, restores the environment, goes home, and gets a process group of its own if what started
 * it has not led one (sudo forks). It is kept short, since sudo writes it to its log.
 */
const boot = (where: '&2' | '/dev/tty') =>
  [
    `printf %s "${READY}" >${where};`,
    'unset -v SUDO_PROMPT __b __r __u __l;',
    'export LC_ALL="$2" __q="$3"; [ "$2" ] || unset -v LC_ALL;',
    'cd 2>/dev/null || cd /;',
    'kill -0 -$$ 2>/dev/null || ! command -v setsid >/dev/null || exec setsid "$0" -c "$1" "$0";',
    '__r=$1; shift 3; eval "$__r"',
  ].join(' ')

/** Takes the payload. */
const READ = 'IFS= read -r __p && eval "$__p"'

/** Reads the key, which so never shows in a process list, and says that the login shell has done its part. */
const STAGE = `IFS= read -r k && printf %s "$k${SIGNS.staged}" >&2 || exit 1; l=$LC_ALL q=\${SSH_CONNECTION##* }; export LC_ALL=C;`

/** How the wrapper is started: `$0 -c "$1"` with these arguments. */
const SHELL = '"$0" -c "$1" "$0" "$2" "$l" "$q"'

/**
 * doas asks on the terminal and nowhere else: `script` gives it one. Its three streams stay those of the channel, so
 * that output is not mixed and nothing is translated. One line of the input goes to the terminal: the password. That
 * the shell is there is said on the terminal too: what doas has written there has come by then.
 */
const DOAS_TTY =
  'exec doas -u "$__u" -- /bin/sh -c "$__b" /bin/sh "$__r" "$__l" "$__q" <&3 >&4 2>&5 3<&- 4>&- 5>&-'
const DOAS_ASK = [
  `command -v script >/dev/null || { printf %s "$k${SIGNS.noScript}" >&2; exit 1; };`,
  'export SHELL="$0" __b="$1" __r="$2" __u="$3" __l="$l" __q="$q"; n=${IFS#??}; exec 3<&0 4>&1 5>&2;',
  '{ IFS= read -r p <&3; printf %s "$p$n"; } | script -qec "$4" /dev/null >&5',
].join(' ')

/** Of the first shell, which runs as the login; `$3` is the user. */
const STAGES: Readonly<Record<BecomeMethod, Readonly<Record<Way, string>>>> = {
  sudo: {
    at_once: `exec sudo -n -H -u "$3" -- ${SHELL}`,
    ask: `export SUDO_PROMPT="$k${SIGNS.prompt}"; exec sudo -S -H -u "$3" -- ${SHELL}`,
  },
  doas: { at_once: `exec doas -n -u "$3" -- ${SHELL}`, ask: DOAS_ASK },
  // Where su asks after all, it reads an end of input and no payload.
  su: {
    at_once: `exec su -s "$0" -c "exec <&3 3<&-; $1" "$3" "$0" "$2" "$l" "$q" 3<&0 </dev/null`,
    ask: `exec su -s "$0" -c "$1" "$3" "$0" "$2" "$l" "$q"`,
  },
}

/** Program and arguments that start the wrapper as another user. Its input is the key's line, then the payload. */
export function becomeArgv({ become, way }: Opening): readonly [string, ...string[]] {
  const stage = `${STAGE} ${STAGES[become.method][way]}`
  const first = ['/bin/sh', '-c', stage, '/bin/sh'] as const
  if (become.method !== 'doas' || way !== 'ask') return [...first, boot('&2'), READ, become.user]
  return [...first, boot('/dev/tty'), READ, become.user, DOAS_TTY]
}

/** The same for a login shell of any kind: words in single quotes without a quote, backslash or newline in them. */
export function becomeCommand(opening: Opening): string {
  const [shell, ...args] = becomeArgv(opening)
  return `exec ${shell} ${args.map(arg => (arg === '-c' ? arg : `'${arg}'`)).join(' ')}`
}

/** The account names that are passed on: what directories have too (`user@domain`), and nothing that any shell reads. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}\$?$/

export function canBecome(user: string): boolean {
  return USER.test(user)
}
