import { readdirSync, readFileSync, statSync } from 'node:fs'

function pids(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}

/**
 * The processes that hold the open connections of an SSH server, from Linux's /proc. An sshd that logs in somebody else
 * than root, or that is not root itself, gives each connection to a process below the one that it starts for it: ended
 * alone, the upper one would leave the link open.
 */
export function connectionsOf(daemon: number): readonly number[] {
  return childrenOf(daemon).flatMap(child => {
    const below = childrenOf(child).filter(pid => nameOf(pid) === nameOf(child))
    return below.length === 0 ? [child] : below
  })
}

function childrenOf(parent: number): readonly number[] {
  return pids().filter(pid => {
    // The command's name stands in parentheses and may hold anything; state and parent follow the last one.
    const stat = read(`/proc/${pid}/stat`)
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
  })
}

function nameOf(pid: number): string {
  return read(`/proc/${pid}/comm`)
}

/** Living processes that were started with this environment entry. */
export function processesWith(name: string, value: string): readonly number[] {
  return pids().filter(pid => read(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))
}

/** Living processes of a user. */
export function processesOf(uid: number): readonly number[] {
  return pids().filter(pid => {
    try {
      return statSync(`/proc/${pid}`).uid === uid
    } catch {
      return false
    }
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
