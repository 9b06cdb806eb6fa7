import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import { askDrover, askSsh, writeConfig } from './oracle.ts'
import { configs, names } from './random-config.ts'

const FILES = {
  'one.conf': 'Host a\n  User first\n  Port 11\nHost *\n  Port 12\n',
  'nested.conf': 'Include DIR/one.conf\nHost b\n  User nested\n',
  'conf.d/a.conf': 'Host a\n  User ca\n',
  'conf.d/b.conf': 'Match final host b\n  User cb\n',
}

/** More of them: DROVER_SSH_CONFIGS=5000 vitest run test/load/ssh-config/random.test.ts */
const RUNS = Number(process.env.DROVER_SSH_CONFIGS ?? 300)

describeWith(['ssh'], 'configurations that nobody has written', () => {
  test('mean to drover what they mean to ssh', { timeout: RUNS * 1000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'drover-random-config-'))
    mkdirSync(join(folder, 'conf.d'))
    try {
      fc.assert(
        fc.property(configs, names, (text, host) => {
          const files = Object.entries({ ...FILES, config: text })
          const own = files.map(([name, body]) => [name, body.replaceAll('DIR', folder)] as const)
          const config = writeConfig(folder, Object.fromEntries(own))
          expect(askDrover(config, host)).toEqual(askSsh(config, host))
        }),
        { seed: Number(process.env.DROVER_SEED ?? 11), numRuns: RUNS },
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
