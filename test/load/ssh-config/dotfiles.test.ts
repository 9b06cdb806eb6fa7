import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import { DOTFILES, PIECES } from './dotfiles.ts'
import { askDrover, askSsh, writeConfig } from './oracle.ts'

describeWith(['ssh'], 'configurations as people have them', () => {
  test.each(DOTFILES)('%s', (_, text, hosts) => {
    const folder = mkdtempSync(join(tmpdir(), 'drover-dotfiles-'))
    try {
      const config = writeConfig(folder, { ...PIECES, config: text.replaceAll('DIR', folder) })
      for (const host of hosts.split(' ')) {
        expect({ host, ...askDrover(config, host) }).toEqual({ host, ...askSsh(config, host) })
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
