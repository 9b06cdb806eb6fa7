import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { findProgram } from '../sshd/programs.ts'

/** A network namespace of its own, with one cable to this machine. */
export interface Namespace {
  /** For `ip netns exec`. */
  readonly name: string
  /** The other end of the cable. */
  readonly address: string
  /**
   * Nothing arrives any more, in either direction, and nobody is told: frames go to a hardware address that no one
   * has, as behind a firewall that drops them or with a cable pulled out further away.
   */
  darken(): void
  /** Frames arrive again. */
  lighten(): void
  /** Removes the namespace and the cable. What runs inside has to end by itself. */
  remove(): Promise<void>
}

const NOBODY = '02:00:00:00:00:01'

/** Whether this machine lets us make one, with a cable into it; tries, and leaves nothing behind. */
export function canMakeNamespaces(): boolean {
  if (process.getuid?.() !== 0 || findProgram('ip') === undefined) return false
  const name = newName()
  const made =
    spawnSync('ip', ['netns', 'add', name]).status === 0 &&
    spawnSync('ip', ['link', 'add', `${name}a`, 'type', 'veth', 'peer', `${name}b`, 'netns', name]).status ===
      0 &&
    spawnSync('ip', ['netns', 'exec', name, 'true']).status === 0
  spawnSync('ip', ['link', 'del', `${name}a`])
  spawnSync('ip', ['netns', 'del', name])
  return made
}

/** Removes them when its standard input closes: at the latest when the test process is gone, however it ended. */
const KEEPER = 'while read -r _; do :; done; ip link del "$1a"; ip netns del "$1"'

export function makeNamespace(): Namespace {
  const name = newName()
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', name], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  keeper.unref()
  const ended = once(keeper, 'exit')
  const ip = (...words: string[]) => execFileSync('ip', words, { encoding: 'utf8', stdio: 'pipe' })
  const [here, there] = [`${name}a`, `${name}b`]
  // A pair of addresses of the range for benchmarks (RFC 2544), which no network has.
  const net = `198.${18 + randomInt(2)}.${randomInt(256)}`
  const first = 4 * randomInt(64)
  const [mine, address] = [`${net}.${first + 1}`, `${net}.${first + 2}`]
  ip('netns', 'add', name)
  ip('link', 'add', here, 'type', 'veth', 'peer', there, 'netns', name)
  ip('addr', 'add', `${mine}/30`, 'dev', here)
  ip('-n', name, 'addr', 'add', `${address}/30`, 'dev', there)
  ip('link', 'set', here, 'up')
  ip('-n', name, 'link', 'set', there, 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
  const hardware = (...at: string[]) =>
    /link\/ether (\S+)/.exec(ip(...at, 'link', 'show', 'dev', at.length ? there : here))?.[1] ?? ''
  const right = { mine: hardware(), theirs: hardware('-n', name) }
  const wire = (theirs: string, ours: string) => {
    ip('neigh', 'replace', address, 'lladdr', theirs, 'dev', here, 'nud', 'permanent')
    ip('-n', name, 'neigh', 'replace', mine, 'lladdr', ours, 'dev', there, 'nud', 'permanent')
  }
  return {
    name,
    address,
    darken: () => wire(NOBODY, NOBODY),
    lighten: () => wire(right.theirs, right.mine),
    async remove() {
      keeper.ref()
      keeper.stdin?.end()
      await ended
    },
  }
}

/** Short: with a letter for its ends it is the name of an interface, of at most 15 characters. */
function newName(): string {
  return `drv${randomInt(2 ** 40).toString(36)}`
}
