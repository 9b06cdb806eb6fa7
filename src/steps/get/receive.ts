import { LIMITS } from '../../model/limits.ts'
import type { ByteSource } from '../byte-source.ts'
import { failureOf } from '../result.ts'
import { type Frame, nameBudget, nextFrame } from './frames.ts'
import { type Expected, type Landing, landArchive, landFile } from './landing.ts'
import { type Place, placeOf } from './place.ts'
import { blame } from './tally.ts'

/** Why no more frames are taken. `gave up`: the reason is in the tally. */
export type Last = Extract<Frame, { kind: 'end' | 'fail' | 'nonsense' }> | { readonly kind: 'gave up' }

/** Takes frames, and lands what they bring, until the host has no more or sends what makes no sense. */
export async function receiveAll(source: ByteSource, mark: string, landing: Landing): Promise<Last> {
  let place: Place = { kind: 'top' }
  const names = nameBudget()
  for (;;) {
    const frame = await nextFrame({ source, mark, names })
    switch (frame.kind) {
      case 'end':
      case 'fail':
      case 'nonsense':
        return frame
      case 'top':
        place = { kind: 'top' }
        break
      case 'folder':
        place = { kind: 'folder', path: placeOf(landing.tally, { kind: 'top' }, frame.name) }
        break
      default:
        if (!(await receive(landing, place, frame))) return { kind: 'gave up' }
    }
    landing.tally.entries++
    if (landing.tally.entries > LIMITS.getEntries) {
      return { kind: 'nonsense', reason: `it has more than ${LIMITS.getEntries} files and folders` }
    }
  }
}

type Bringing = Exclude<Frame, { kind: 'end' | 'fail' | 'nonsense' | 'top' | 'folder' }>

/** False when nothing after the frame makes sense any more. */
async function receive(landing: Landing, place: Place, frame: Bringing): Promise<boolean> {
  const { tally } = landing
  switch (frame.kind) {
    case 'others':
      tally.others += frame.count
      return true
    case 'partial':
      blame(tally, failureOf('remote_file', 'not everything could be read on the host'))
      return true
    case 'folders':
      tally.entries += frame.names.length
      for (const name of frame.names) await makeFolder(landing, place, name)
      return true
    case 'file': {
      const path = placeOf(tally, { kind: 'top' }, frame.name)
      return path !== undefined && landFile(landing, frame.size, { path, digest: frame.digest })
    }
    case 'files':
      tally.entries += frame.names.length
      return landArchive(landing, expectedFiles(landing, place, frame))
  }
}

async function makeFolder({ local, tally }: Landing, place: Place, name: Buffer): Promise<void> {
  const path = placeOf(tally, place, name)
  const failure = path === undefined ? undefined : await local.makeFolder(path)
  if (failure !== undefined) blame(tally, failure)
  else if (path !== undefined) tally.folders++
}

/** The files of an archive that have a usable name and could be read; a name comes only once. */
function expectedFiles(
  { tally }: Landing,
  place: Place,
  { names, digests }: Extract<Frame, { kind: 'files' }>,
): Expected[] {
  return names.flatMap((name, index) => {
    const path = placeOf(tally, place, name)
    if (path === undefined) return []
    const digest = digests[index] ?? '-'
    if (digest !== '-') return [{ path, digest }]
    blame(tally, failureOf('remote_file', `${JSON.stringify(path)} can't be read on the host`))
    return []
  })
}
