import { formatDuration } from '../../render/duration.ts'
import { escapeText } from '../../render/escape.ts'
import { fillTo, textWidth } from '../../render/width.ts'
import type { FoundEntry } from './hosts-locks.ts'

/** A line for each run that has a host: `web1 │ live │ run … of ann@desk (Deploy) since …, for root`. */
export function entryLines(entries: readonly FoundEntry[]): string[] {
  const width = Math.max(...entries.map(({ on }) => textWidth(escapeText(on))))
  const lines = entries.map(entry => {
    const on = fillTo(escapeText(entry.on), width)
    return `${on} │ ${entry.live ? 'live ' : 'stale'} │ ${words(entry)}`
  })
  return [...new Set(lines)]
}

function words({
  name,
  run = name.split('.')[0],
  who,
  since,
  playbook,
  live,
  seconds,
  user,
}: FoundEntry): string {
  const parts = [
    `run ${run}`,
    who && `of ${who}`,
    playbook && `(${playbook})`,
    since && `since ${since}`,
    user === 'root' && "· root's",
    live && seconds >= 0 && `· lease ${formatDuration(seconds * 1000)}`,
  ]
  return escapeText(parts.filter(part => typeof part === 'string' && part !== '').join(' '))
}
