import { existsSync } from 'node:fs'

/** The shells that play /bin/sh in tests, as far as this machine has them. */
export const SHELLS: readonly (readonly [name: string, command: readonly string[]])[] = (
  [
    ['sh', ['/bin/sh']],
    ['bash', ['/bin/bash']],
    ['busybox', ['/bin/busybox', 'sh']],
  ] as const
).filter(([, [program]]) => existsSync(program))
