import { readFileSync, readlinkSync } from 'node:fs'
import type { Controller } from '../model/lock.ts'

/** What tells this process from all others, of other machines and after a reboot too; `-` for what is not known. */
export function processIdentity(): Controller {
  const { pid } = process
  return { boot: bootId() || '-', pids: pidNamespace(), pid, start: startOf(pid) ?? '-' }
}

/** As `pid:[4026531836]`; `-` where nobody knows. */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '-'
  }
}

/** When a process started, in ticks since the boot (proc(5), field 22); undefined where it is gone or there is no /proc. */
export function startOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  // One that has ended and waits for its parent is gone.
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19]
}

/** Of this machine; empty where nobody knows. */
export function bootId(): string {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

/** Whether a process was on this machine and is no more. False where nobody can tell. */
export function isGoneFromHere({ boot, pids, pid, start }: Controller): boolean {
  if (boot === '-' || boot !== bootId() || pids === '-' || pids !== pidNamespace()) return false
  return startOf(process.pid) !== undefined && startOf(pid) !== start
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
