import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { bootId, pidNamespace, startOf } from '../transport/process-identity.ts'

/** The process that executes a run, or did. */
export interface Owner {
  readonly pid: number
  /** The machine that it runs on. */
  readonly machine: string
  /** `elsewhere`: on another machine or in another container, so that nobody here can tell. */
  readonly state: 'alive' | 'gone' | 'elsewhere'
}

/**
 * Makes this process the owner of a run. Owners are numbered pid files, `pid`, `pid.2`, …: of two processes that want
 * to be the next one, one succeeds, and what a crash leaves behind is in nobody's way.
 * @param ended the number of a process on whichever machine that is known to have ended its part of the run
 * @returns who has it, where that is not this process now
 * @throws NodeJS.ErrnoException
 */
export function claimRun(folder: string, ended?: number): Owner | undefined {
  const last = lastPidFile(folder)
  if (last > 0) {
    const owner = ownerIn(join(folder, pidFile(last)))
    const isOver = owner.state === 'elsewhere' && owner.pid === ended
    if (owner.state !== 'gone' && !isOver) return owner
  }
  // It is there whole or not at all.
  const own = join(folder, `.pid.${process.pid}`)
  const { pid } = process
  const text = `${pid}\n${hostname()}\n${bootId()}\n${startOf(pid) ?? ''}\n${pidNamespace()}\n`
  try {
    writeFileSync(own, text, { mode: 0o600 })
    putInPlace(own, join(folder, pidFile(last + 1)), text)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return claimRun(folder, ended)
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Some file systems have no hard links; there a reader may see a file that is still empty. */
function putInPlace(own: string, path: string, text: string): void {
  try {
    linkSync(own, path)
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  }
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Who executes a run, or did last; nobody has begun where absent. */
export function ownerOf(folder: string): Owner | undefined {
  const last = lastPidFile(folder)
  return last === 0 ? undefined : ownerIn(join(folder, pidFile(last)))
}

const pidFile = (number: number) => (number === 1 ? 'pid' : `pid.${number}`)

function lastPidFile(folder: string): number {
  const numbers = readdirSync(folder).flatMap(name => {
    if (name === 'pid') return 1
    const [, number] = /^pid\.([1-9]\d{0,6})$/.exec(name) ?? []
    return number === undefined ? [] : Number(number)
  })
  return Math.max(0, ...numbers)
}

function ownerIn(path: string): Owner {
  const [pid = '', machine = '', boot = '', start = '', namespace = ''] = readFileSync(path, 'utf8').split(
    '\n',
  )
  const owner = { pid: Number(pid), machine }
  // The disk may have lost it together with the machine.
  if (machine === '') return { ...owner, state: 'gone' }
  if (machine !== hostname()) return { ...owner, state: 'elsewhere' }
  if (boot !== bootId()) return { ...owner, state: 'gone' }
  // In another container the same number is another process.
  if (namespace !== '' && namespace !== pidNamespace()) return { ...owner, state: 'elsewhere' }
  return { ...owner, state: isAlive(owner.pid, start) ? 'alive' : 'gone' }
}

/** @param start as `startOf` told it: another process may have the number by now */
function isAlive(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false
  const present = startOf(pid)
  if (present !== undefined || start !== '') return present === start
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
