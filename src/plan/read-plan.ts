import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { LIMITS } from '../model/limits.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { formatBytes } from '../model/quantity.ts'
import { checkReferences } from './check-references.ts'
import { Malformed } from './codec/codec.ts'
import { type PlanDocument, planDocument } from './document.ts'
import { openSeal, type SealedPlan } from './seal.ts'

/** A plan file that was read: it is as it was written. */
export interface ReadPlan {
  readonly document: PlanDocument
  readonly checksum: string
  /** The text of the file. */
  readonly sealed: SealedPlan
}

/**
 * Reads a plan file and checks all of it.
 * @param shownAs the file as the user named it
 * @throws ProblemsError
 */
export function readPlan(path: string, shownAs: string): ReadPlan {
  return parsePlan(readWhole(path, shownAs), shownAs)
}

/** @throws ProblemsError */
export function parsePlan(bytes: Uint8Array, shownAs: string): ReadPlan {
  const opened = openSeal(bytes)
  if ('code' in opened) refuse(shownAs, opened)
  try {
    const { drover_plan: _, checksum: __, ...json } = JSON.parse(opened.text)
    const document = planDocument.read(json)
    checkReferences(document)
    return { document, checksum: opened.checksum, sealed: opened }
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof SyntaxError)) throw error
    return refuse(shownAs, {
      code: 'plan_file',
      message: `it is no sound plan: ${error.message}`,
      hint: 'make the plan again',
    })
  }
}

function readWhole(path: string, shownAs: string): Uint8Array {
  let fd: number | undefined
  try {
    // Opening a pipe must not wait for somebody who writes to it.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(fd)
    if (!stats.isFile()) refuse(shownAs, { code: 'plan_file', message: 'it is not a regular file' })
    if (stats.size > LIMITS.planFileBytes) {
      const limit = formatBytes(LIMITS.planFileBytes)
      refuse(shownAs, { code: 'plan_file', message: `it is larger than ${limit}, which no plan is` })
    }
    const bytes = Buffer.alloc(stats.size)
    let done = 0
    for (let got = 1; got > 0 && done < bytes.length; done += got)
      got = readSync(fd, bytes, done, bytes.length - done, null)
    return bytes.subarray(0, done)
  } catch (error) {
    if (error instanceof ProblemsError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    return refuse(shownAs, {
      code: 'file_unreadable',
      message: code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? message})`,
    })
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function refuse(shownAs: string, problem: Pick<Problem, 'code' | 'message' | 'hint'>): never {
  throw new ProblemsError([{ severity: 'error', ...problem, message: `${shownAs}: ${problem.message}` }])
}
