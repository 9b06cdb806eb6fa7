import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { Malformed } from './codec/codec.ts'
import { object } from './codec/compound.ts'
import { word } from './codec/scalars.ts'
import { makeOwnFolder } from './own-folder.ts'

/** One time that a plan was applied. */
export interface Applied {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly user: string
  /** The id of the run. */
  readonly run: string
}

const applied = object<Applied>({ time: word, user: word, run: word })

/** Nobody applies a plan that often. */
const MOST = 10_000

/**
 * Records that a plan is applied now, before anything is sent: of two processes that try it, one succeeds. The records
 * are files in `.drover/plans` of the working folder, one for each time.
 * @param again whether it may have been applied before
 * @returns takes that back, for when nothing can be sent after all
 * @throws ProblemsError
 */
export function recordApplied(cwd: string, checksum: string, now: Applied, again: boolean): () => void {
  const folder = plansFolder(cwd)
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw new ProblemsError([unrecorded(error as NodeJS.ErrnoException)])
    }
  }
  attempt(() => makeOwnFolder(cwd, 'plans'))
  for (let time = 1; time <= MOST; time++) {
    const path = join(folder, recordName(checksum, time))
    if (attempt(() => create(path, textOf(now)))) return () => rmSync(path, { force: true })
    if (!again) throw new ProblemsError([appliedBefore(timesApplied(cwd, checksum))])
  }
  return () => {}
}

/** The times that a plan was applied here, the first one first. One that is being written, or torn, is `undefined`. */
export function timesApplied(cwd: string, checksum: string): readonly (Applied | undefined)[] {
  const times: (Applied | undefined)[] = []
  for (let time = 1; time <= MOST; time++) {
    const text = textAt(join(plansFolder(cwd), recordName(checksum, time)))
    if (text === undefined) break
    times.push(parsed(text))
  }
  return times
}

function plansFolder(cwd: string): string {
  return join(cwd, '.drover', 'plans')
}

function recordName(checksum: string, time: number): string {
  return time === 1 ? `${checksum}.json` : `${checksum}.${time}.json`
}

function textOf(now: Applied): string {
  return `${JSON.stringify(applied.write(now, text => text))}\n`
}

/** @returns whether the file was not there before */
function create(path: string, text: string): boolean {
  let fd: number
  try {
    fd = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeFileSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return true
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : ''
  }
}

function parsed(text: string): Applied | undefined {
  try {
    return applied.read(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Malformed) return undefined
    throw error
  }
}

function appliedBefore(times: readonly (Applied | undefined)[]): Problem {
  const last = times.at(-1)
  const details = last === undefined ? '' : ` on ${last.time} by ${last.user} (run ${last.run})`
  return {
    code: 'plan_applied',
    severity: 'error',
    message: `this plan was applied already${details}`,
    hint: 'make a new plan, or apply this one with --again',
  }
}

function unrecorded({ code, message }: NodeJS.ErrnoException): Problem {
  return {
    code: 'plan_file',
    severity: 'error',
    message: `that the plan is applied cannot be recorded in .drover/plans (${code ?? message})`,
    hint: 'check the working folder and its permissions',
  }
}
