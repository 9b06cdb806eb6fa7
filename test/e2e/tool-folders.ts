import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../sshd/programs.ts'

/** What drover's scripts need of a host, but for what computes SHA-256. */
const TOOLS = [
  ...[
    'cat',
    'head',
    'dd',
    'od',
    'ls',
    'find',
    'readlink',
    'id',
    'wc',
    'cut',
    'tr',
    'sort',
    'sed',
    'awk',
    'grep',
    'sh',
  ],
  ...[
    'mkdir',
    'mktemp',
    'chmod',
    'chown',
    'chgrp',
    'mv',
    'rm',
    'rmdir',
    'ln',
    'cp',
    'touch',
    'tar',
    'sync',
    'sleep',
  ],
  ...['uname', 'hostname', 'date', 'env', 'test', 'true', 'false', 'echo', 'printf', 'expr', 'setsid'],
]

/** A folder to be a PATH: nothing but the names of busybox, all of them but `without`. */
export function busyboxFolder(folder: string, without: readonly string[] = []): string {
  const busybox = findProgram('busybox') ?? ''
  mkdirSync(folder, { mode: 0o755 })
  const names = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const name of names.filter(name => !without.includes(name))) symlinkSync(busybox, join(folder, name))
  return folder
}

/** A folder to be a PATH: the machine's own tools, without any that computes SHA-256 but those that are named. */
export function toolFolder(folder: string, digests: readonly string[]): string {
  mkdirSync(folder, { mode: 0o755 })
  for (const name of [...TOOLS, ...digests]) {
    const program = findProgram(name)
    if (program !== undefined) symlinkSync(program, join(folder, name))
  }
  return folder
}
