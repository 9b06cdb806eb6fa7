import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** What plays the host in a test: a shell, and where it finds its tools when not in the usual places. */
export interface Shell {
  readonly command: readonly string[]
  readonly path?: string
}

const BUSYBOX = '/bin/busybox'

/** The shells of this machine that can play /bin/sh; the last one finds no tools but busybox's, as on small devices. */
export const SHELLS: readonly (readonly [name: string, shell: Shell])[] = [
  ...(['/bin/sh', '/bin/bash', '/bin/ksh', '/bin/zsh'] as const)
    .filter(program => existsSync(program))
    .map(
      program =>
        [program, { command: program === '/bin/zsh' ? [program, '--emulate', 'sh'] : [program] }] as const,
    ),
  ...(existsSync(BUSYBOX) ? [['busybox', { command: [BUSYBOX, 'sh'], path: busyboxTools() }] as const] : []),
]

/** A folder with links to busybox under all its names, which goes when the test file that imports this is done. */
function busyboxTools(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drover-busybox-'))
  execFileSync(BUSYBOX, ['--install', '-s', folder])
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
