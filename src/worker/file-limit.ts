import { readdirSync, readFileSync } from 'node:fs'

/** How many connections a process may have open, and how many nodes may open files beside them. */
export interface FileBudget {
  readonly links: number
  readonly nodes: number
}

/** A node over SSH has a local file and an agent's socket open, one on this machine the three ends of its streams. */
const FILES_OF_NODE = 3
/** For name look-ups, known_hosts, keys, and programs that are being started. */
const RESERVE = 12
/** What Node has open by itself, where that cannot be counted. */
const USUALLY_OPEN = 32

/** What this process's limit of open files (`ulimit -n`) leaves; asked when all that it imports is there. */
export function ownFileBudget(): FileBudget {
  return fileBudget(openFilesLimit(), openFiles())
}

/** There is always room for one of each: below that, the failure to open a file says what to do. */
export function fileBudget(limit: number, open: number): FileBudget {
  const free = limit - open - RESERVE
  const nodes = Math.max(1, Math.floor(free / 2 / FILES_OF_NODE))
  return { nodes, links: Math.max(1, free - nodes * FILES_OF_NODE) }
}

/** As good as none where none is set, or told. */
function openFilesLimit(): number {
  const told = limitInProc() ?? limitInReport()
  return told !== undefined && /^\d+$/.test(told) ? Number(told) : Number.MAX_SAFE_INTEGER
}

function limitInProc(): string | undefined {
  try {
    return /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

/** Slow, and the only way on macOS. */
function limitInReport(): string | undefined {
  const report = process.report?.getReport() as
    | { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } }
    | undefined
  return String(report?.userLimits?.open_files?.soft)
}

function openFiles(): number {
  for (const folder of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(folder).length
    } catch {
      // The system has no such folder.
    }
  }
  return USUALLY_OPEN
}
