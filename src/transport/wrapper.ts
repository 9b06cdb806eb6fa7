import { LIMITS } from '../model/limits.ts'
import type { Opening } from './become/opening.ts'
import type { ExecRequest } from './transport.ts'

/**
 * How a step gets a process group of its own, so that all its processes can be ended at once. `own`: the server has
 * already given it one (OpenSSH does). `setsid`: the program of that name does. `none`: there is no way; then only
 * the step's shell itself can be ended.
 */
export type GroupMode = 'own' | 'setsid' | 'none'

/** How a request is put to a host. */
export interface Manner {
  readonly group: GroupMode
  /**
   * Whether the start is marked on stderr too, so that what a login shell writes there can be told from the step's
   * own: it costs as much as a small step's output.
   */
  readonly stderrMarked: boolean
  /** The wrapper is started as another user, and then has none of its code yet. */
  readonly opening?: Opening
}

const GRACE_SECONDS = Math.ceil(LIMITS.graceMs / 1000)
const SILENT_SECONDS = Math.ceil(LIMITS.silentMs / 1000)
/** So much of the mark tells a step's processes from those of other runs; a step does not get to see all of it. */
const ID_LENGTH = 8
const GRACE_COUNT = Array.from({ length: GRACE_SECONDS }, (_, i) => i + 1).join(' ')

/**
 * Says that everything is read and the step starts: the mark on stderr, unless that is not wanted; on stdout the
 * mark, the shell's process id and a dot. Where the shell is not the leader of its group though it should be: the mark and a question mark, and
 * nothing runs.
 */
const START = `drover_start() {
__g=-$$;
case $2 in none) __g=$$;; own) kill -0 $__g 2>/dev/null || { printf %s "$1?"; exit 0; };; esac;
[ $3 ] && printf %s $1 >&2; printf %s $1$$.;
};`

/**
 * How to end a step that must not go on: `send SIGNAL` to its process group and, `strays`, to what has left that (a
 * daemon), each once; `gone` if nothing of it lives. What a step has started is known by its environment, where there
 * is a /proc. KILL reaches the group last, since the caller may be in it. Needs `$__g` and `$id`; free of single quotes.
 */
const ENDING = `strays() {
for f in $(grep -slF DROVER_STEP=$id /proc/[0-9]*/environ); do
f=\${f%/*}; read -r x <$f/stat || continue; x=\${x##*) }; x=\${x#* * };
[ \${x%% *} = \${__g#-} ] || echo \${f#/proc/};
done; };
send() {
s=$(strays); [ $1 = KILL ] || kill -$1 $__g; [ -z "$s" ] || kill -$1 $s; [ $1 != KILL ] || kill -$1 $__g;
};
gone() { kill -0 $__g || [ "$(strays)" ] && return 1; return 0; };`.replaceAll('\n', ' ')

/**
 * The watchdog, given the step's id, reads the wrapper's standard input while the step has another one: `T` ends the
 * step (TERM, KILL after the grace time), `K` kills it, `B` is a heartbeat, with shell code to run at it, and the end of
 * input means that the link is closed or the step over. After the first heartbeat, silence ends the step too.
 *
 * It is forked twice, so that a `wait` in the step does not wait for it, and holds neither stdout nor stderr. `$$` is
 * the step's shell in subshells too. The killer leaves the group, where it can, to see when nobody is left in it.
 * Ignored signals are inherited, hence KILL for the timer's sleep.
 */
const WATCH = `drover_watch() { ( (
id=$1; eval "$__k";
finish() {
[ "$ending" ] && return; ending=1; send TERM;
if command -v setsid; then
setsid /bin/sh -c "id=$id __g=$__g; $__k for i in ${GRACE_COUNT}; do sleep 1; gone && exit; done; send KILL" &
else ( sleep ${GRACE_SECONDS}; send KILL ) & fi;
};
cancel() { kill -KILL $sleeper; exit; };
beat() {
[ "$timer" ] && kill -USR1 $timer;
( trap cancel USR1; sleep ${SILENT_SECONDS} & sleeper=$! ; wait $sleeper && finish ) & timer=$! ;
};
trap "" TERM HUP INT; ending=; timer=;
while IFS= read -r line; do case $line in T) finish;; K) send KILL;; B*) beat; eval "\${line#B}";; esac; done;
[ "$timer" ] && kill -USR1 $timer;
kill -0 $$ && finish
) <&3 >/dev/null 2>&1 3<&- & ) 3<&0; };`

/** `__n` is a newline: the rest of the IFS that every shell starts with. `__c` removes all traces of the wrapper. */
const NAMES = `__n=\${IFS#??};
__c="unset -v __p __n __g __k __x __r __q __e __c; unset -f drover_start drover_watch; set -e;";`

const DEFINITIONS = [START, WATCH, NAMES].join(' ').replaceAll('\n', ' ')
const CODE = `${DEFINITIONS} IFS= read -r __p && eval "$__p"`

/**
 * The command to execute. It is constant, and no login shell (POSIX ones, zsh, fish, csh, tcsh) finds anything to
 * interpret in it: one word in single quotes without a quote, backslash or newline; a `!` before a space means
 * nothing to csh. All it does by itself is to read one line, the payload; without a complete line nothing runs.
 */
export function wrapperCommand(mode: GroupMode): string {
  return `exec ${mode === 'setsid' ? 'setsid ' : ''}/bin/sh -c '${CODE}'`
}

/** The same for a caller that goes through no login shell. */
export const WRAPPER_ARGV = ['/bin/sh', '-c', CODE] as const

/** Lines that the watchdog understands. */
export const WATCHDOG_LINES = { term: 'T\n', kill: 'K\n' } as const

/** A heartbeat; `code` is shell code without a newline that the watchdog runs at it. */
export function beatLine(code = ''): string {
  return `B${code}\n`
}

/**
 * What goes to the wrapper's standard input: one line of shell code that holds everything, then the text for the
 * step's standard input, if there is any. What comes before `mark` is noise of the login shell.
 *
 * The step runs in the wrapper's own shell, so that it costs no further process, `$$` is what it should be, and its
 * script and environment never show in a process list.
 *
 * @param mark letters and digits that do not occur in the request
 */
export function payload(
  request: ExecRequest,
  mark: string,
  { group, stderrMarked, opening }: Manner,
): string {
  const code = opening === undefined ? '' : `${DEFINITIONS} `
  const start = `${code}${locking(request, mark)}drover_start ${mark} ${group}${stderrMarked ? ' both' : ''};`
  const exports = request.env.length === 0 ? '' : evaluated('', exportsOf(request.env))
  const step = exports + evaluated('$__c ', request.script)
  const id = `${mark.slice(0, ID_LENGTH)}.$$`
  const guard =
    request.detach === true ? UNHUNG : `__k='${ENDING}';drover_watch ${id};export DROVER_STEP=${id};`
  const watched = `${guard}exec </dev/null;`
  switch (request.stdin.kind) {
    case 'empty':
      return `${start}${watched}${step}\n`
    case 'stream':
      return `${start}${step}\n`
    case 'text': {
      const text = request.stdin.text + mark
      const size = Buffer.byteLength(text)
      const read = `__x=$(head -c ${size} 2>/dev/null || dd bs=1 count=${size} 2>/dev/null);`
      const check = `case $__x in *${mark}) ;; *) echo ${INCOMPLETE} >&2; exit 1;; esac;`
      const feed = `printf %s "\${__x%${mark}}" | { ${step} }`
      return `${read}${check}${start}${watched}${feed}\n${text}`
    }
  }
}

/** What is left alone outlives its link as under nohup(1); no watchdog looks after it. */
const UNHUNG = 'trap "" HUP;'
/**
 * Takes the host's lock and tells: the mark, a bracket and a line. Nothing else runs where somebody has it; whoever
 * sends this knows what that line means.
 */
function locking({ lock }: ExecRequest, mark: string): string {
  if (lock?.claim === undefined) return ''
  const claim = `__e=$( { ${lock.claim} } 2>/dev/null </dev/null);`
  return `${claim} printf '%s[%s\\n' ${mark} "$__e"; case $__e in (held*) exit 0;; esac;`
}

const INCOMPLETE = '"its input did not arrive: the host needs head or dd in its PATH"'

/** Why a request cannot be sent to any host; undefined if it can. */
export function unsendable(request: ExecRequest): string | undefined {
  const bad = request.env.find(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (bad !== undefined) return `"${bad[0]}" cannot be the name of an environment variable`
  const nul = request.env.find(([, value]) => value.includes('\0'))
  if (nul !== undefined) return `the environment variable ${nul[0]} holds a NUL character`
  if (request.script.includes('\0')) return 'the script holds a NUL character'
  if (request.stdin.kind === 'text' && request.stdin.text.includes('\0')) return 'stdin holds a NUL character'
  return undefined
}

function exportsOf(env: ExecRequest['env']): string {
  return env.map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}';`).join('')
}

/**
 * ASCII without a newline that evaluates any shell text after `before`. What is not plain ASCII goes through
 * `printf %b`, at the cost of a process: it is not left to `read`, which some shells have got wrong.
 */
function evaluated(before: string, text: string): string {
  if (/^[\t\n\x20-\x7e]*$/.test(text)) {
    return `eval "${before}${text.replace(/["$`\\]/g, '\\$&').replaceAll('\n', '$' + '{__n}')}";`
  }
  const octal = Buffer.from(text)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e]|["$`\\]/g, char => `\\0${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return `eval "${before}$(printf %b "${octal}")";`
}
