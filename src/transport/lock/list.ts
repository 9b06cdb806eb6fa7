import { type EntryInfo, entryInfo } from './entry.ts'
import { CLOCK_CODE, type LockPlace, placeCode, STALE_CODE } from './place.ts'

/** An entry of a lock, as a host tells of it. */
export interface ListedEntry extends Partial<EntryInfo> {
  /** Of its file. */
  readonly name: string
  /** Whether its run is still there, as far as the host can tell. */
  readonly live: boolean
  /** What is left of its lease, in seconds; negative when it is over. */
  readonly seconds: number
}

export interface Listing {
  /** The port of the server, where the host knows it. */
  readonly port: string
  readonly entries: readonly ListedEntry[]
}

/** Such a line is an answer; others are noise. */
const SIGN = 'drover-lock'

/** A host does not tell more; nobody has so many names. */
const MOST_ENTRIES = 1_000

/**
 * Shell text that tells what a lock holds, changing nothing.
 * @param port as another listing told it, for a user whose environment is cleared
 */
export function listScript(place: LockPlace, port = ''): string {
  return [
    `set +e; exec 2>/dev/null; __q=${port.replace(/\D/g, '')}; ${placeCode(place)} ${CLOCK_CODE} ${STALE_CODE}`,
    `echo "${SIGN} port \${__q:-\${SSH_CONNECTION##* }}"; [ ! -L "$d" ] && [ ! -L "$d/$n" ] || exit 0; k=0;`,
    `for f in "$d/$n"/*; do [ -f "$f" ] && [ ! -L "$f" ] && [ $k -lt ${MOST_ENTRIES} ] || continue; k=$((k + 1));`,
    's=live; if stale "$f"; then s=stale; fi; case $x in (""|0?*|*[!0-9]*|?????????????*) x=$u;; esac;',
    `printf "${SIGN} %s %s %s %.2000s\\n" $s $((x - u)) "\${f##*/}" "$j"; done; exit 0`,
  ].join(' ')
}

/** Shell text that removes entries of a lock, by their names, and the lock when it is empty. */
export function removeScript(place: LockPlace, names: readonly string[], port = ''): string {
  const files = names.filter(name => ENTRY_NAME.test(name)).map(name => `"$d/$n/${name}"`)
  return [
    `set +e; exec 2>/dev/null; __q=${port.replace(/\D/g, '')}; ${placeCode(place)}`,
    `[ ! -L "$d" ] && [ ! -L "$d/$n" ] || exit 1; rm -f ${files.join(' ')}; rmdir "$d/$n" "$d"; exit 0`,
  ].join(' ')
}

/** Reads what `listScript` printed. */
export function readListing(text: string): Listing {
  const lines = text.split('\n').filter(line => line.startsWith(`${SIGN} `))
  const port = /^\S+ port (\d{1,5})$/.exec(lines.find(line => line.startsWith(`${SIGN} port `)) ?? '')?.[1]
  const entries = lines.flatMap(line => {
    const [, state, seconds, name = '', json = ''] = /^\S+ (live|stale) (-?\d+) (\S+) ?(.*)$/.exec(line) ?? []
    if (state === undefined || !ENTRY_NAME.test(name)) return []
    return { ...entryInfo(json), name, live: state === 'live', seconds: Number(seconds) }
  })
  return { port: port ?? '', entries }
}

/** Names that are safe anywhere; drover makes no others. */
const ENTRY_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/
