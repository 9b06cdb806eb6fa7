import { posix } from 'node:path'

// Paths of hosts: always with slashes.

export const join = (...parts: readonly string[]): string => posix.join(...parts)
export const dirname = (path: string): string => posix.dirname(path)
export const basename = (path: string): string => posix.basename(path)
/** With its dot: `.gz` of `a.tar.gz`; empty where there is none. */
export const ext = (path: string): string => posix.extname(path)
/** The name without its last extension. */
export const stem = (path: string): string => posix.basename(path, posix.extname(path))
