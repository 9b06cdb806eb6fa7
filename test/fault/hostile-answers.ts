import type { ServerChannel } from 'ssh2'
import type { HostileLink } from './hostile-host.ts'

/**
 * What a host answers to a command, which it has started.
 * - `outside`: answers a get with names that lead elsewhere, absolute ones, NUL, bad UTF-8, control characters
 * - `endless names`, `endless folders`, `endless files`: a listing that has no end
 * - `long names`: as many as a get takes, each as long as it may be
 * - `endless archive`: a tar of files that nobody asked for
 * - `lying sizes`: more than there is, less than there is, more than any disk has
 * - `flood`: output without an end, and without a line end
 * - `both streams`: the same, on stdout and stderr at once
 * - `silent`: starts, and never says anything again
 * - `deaf`: starts, and never reads what it is sent
 * - `exits`: as if all had gone well, without having done anything
 */
export type Answer =
  | 'outside'
  | 'endless names'
  | 'endless folders'
  | 'endless files'
  | 'long names'
  | 'endless archive'
  | 'lying sizes'
  | 'flood'
  | 'both streams'
  | 'silent'
  | 'deaf'
  | 'exits'

type Harm = (channel: ServerChannel, mark: string, link: HostileLink) => void

export const ANSWERS: Readonly<Record<Answer, Harm>> = {
  outside: (channel, mark) => {
    const names = ['../evil', '/tmp/drover-evil', '..', 'a/../../evil', 'x\x1b[2J', Buffer.from([0x66, 0xff])]
    for (const name of names) {
      channel.write(`${mark} file 4 ${'0'.repeat(64)}\n`)
      channel.write(name)
      channel.write('\0evil\n')
    }
    channel.write(`${mark} folder\napp\0${mark} folders\n.\0./../../evil\0/tmp/drover-evil\0\0`)
    leave(channel, `${mark} done end\n`)
  },
  'endless names': (channel, mark) =>
    flood(channel, `${mark} folder\na\0${mark} folders\n`, './x\0'.repeat(8_000)),
  'endless folders': (channel, mark) => flood(channel, '', `${mark} folder\na\0`.repeat(1_000)),
  'endless files': (channel, mark) =>
    flood(channel, '', `${mark} file 0 ${'0'.repeat(64)}\nf\0\n`.repeat(500)),
  'long names': (channel, mark) => {
    const names = Buffer.from(`./${'x/'.repeat(30)}${'y'.repeat(200)}${'z/'.repeat(1)}${'w'.repeat(250)}\0`)
    channel.write(`${mark} folder\na\0${mark} files 100000\n`)
    flood(channel, '', Buffer.concat(Array.from({ length: 50 }, () => names)))
  },
  'endless archive': (channel, mark) => {
    channel.write(`${mark} folder\na\0${mark} files 1\n./f\0${'0'.repeat(64)}\n${mark} tar\n`)
    flood(channel, '', Buffer.concat(Array.from({ length: 50 }, () => emptyMember('./f'))))
  },
  'lying sizes': (channel, mark) => {
    channel.write(`${mark} file 99999999999999 ${'0'.repeat(64)}\nf\0short`)
    leave(channel, `${mark} done end\n`)
  },
  flood: channel => flood(channel, '', 'x'.repeat(32 << 10)),
  'both streams': channel => {
    flood(channel, '', 'x'.repeat(32 << 10))
    flood(channel.stderr as unknown as ServerChannel, '', 'y'.repeat(32 << 10))
  },
  silent: () => {},
  deaf: channel => void channel.pause(),
  exits: channel => leave(channel, ''),
}

export function leave(channel: ServerChannel, last: string): void {
  channel.write(last)
  channel.exit(0)
  channel.end()
}

/** After so many bytes a flood becomes a stream without an end: enough to fill any memory that is not bounded. */
const FLOOD_BYTES = 96 << 20

/** Sends again and again, as fast as the client takes it. */
export function flood(
  channel: Pick<ServerChannel, 'write' | 'once' | 'destroyed'>,
  first: string,
  chunk: string | Buffer,
): void {
  let sent = 0
  if (first !== '') channel.write(first)
  const more = (): void => {
    let goes = true
    while (goes && !channel.destroyed && sent < FLOOD_BYTES) {
      goes = channel.write(chunk)
      sent += chunk.length
    }
    if (channel.destroyed) return
    if (goes) {
      channel.write(chunk)
      setTimeout(more, SLOW_MS)
    } else channel.once('drain', () => setImmediate(more))
  }
  more()
}

const SLOW_MS = 50

/** The header of an empty file in a tar (POSIX ustar). */
function emptyMember(name: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name)
  header.write('0000644\0', 100)
  header.write('00000000000\0', 124)
  header.write('0', 156)
  const sum = header.reduce((total, byte) => total + byte, 8 * 32)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
