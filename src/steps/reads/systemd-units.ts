import { ofKnown, type Reader } from './command-reads.ts'

const UNIT_FOLDERS = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'] as const

/** Units, their states, and what they are made from; a file of a unit counts once systemd has read it. */
const FOLDERS = [
  ...['/proc', '/run/systemd', '/etc/systemd', '/usr/lib/systemd', '/lib/systemd', '/usr/local/lib/systemd'],
  ...['/etc/init.d', '/etc/rc.d', '/etc/rc.local', '/etc/fstab', '/etc/crypttab'],
  ...['0', '1', '2', '3', '4', '5', '6', 'S'].map(level => `/etc/rc${level}.d`),
] as const

/** What it tells of units by their names. */
export const SYSTEMCTL: Reader = ofKnown(args => {
  const [verb = '', ...rest] = args.filter(word => word !== '--quiet' && word !== '-q')
  if (!/^(?:is-active|is-enabled|is-failed|show|cat)$/.test(verb)) return 'anything'
  const units = verb === 'show' ? shownUnits(rest) : rest.slice(rest[0] === '--' ? 1 : 0)
  if (!units.every(unit => /^[A-Za-z0-9:_.@][A-Za-z0-9:_.@-]*$/.test(unit))) return 'anything'
  return { paths: [...FOLDERS, ...units.flatMap(filesOf)] }
})

function shownUnits(words: readonly string[]): readonly string[] {
  const [first = '', second = ''] = words
  if (first === '--') return words.slice(1)
  if (/^-[pP]$/.test(first) && /^\w+$/.test(second)) return shownUnits(words.slice(2))
  return /^(?:-[pP]\w+|--property=\w+|--value)$/.test(first) ? shownUnits(words.slice(1)) : words
}

/** A unit may be a link to a file elsewhere. */
function filesOf(unit: string): readonly string[] {
  const name = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`
  const names = new Set([name, name.replace(/@[^.]*\./, '@.')])
  return [...names].flatMap(file => UNIT_FOLDERS.map(folder => `${folder}/${file}`))
}
