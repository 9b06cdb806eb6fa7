import { expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { reportBug } from '../../src/cli/report.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

test('a bug is told in words that do nothing to a terminal', () => {
  const written: string[] = []
  const stderr = { write: (text: string) => written.push(text) > 0 }
  const context = { program: 'drover', stderr, secrets: new KnownSecrets() } as unknown as CliContext
  expect(reportBug(context, new Error('a host says \x1b[2J\u202e'))).toBe(70)
  expect(written.join('')).toContain('a host says \\x1b[2J\\u202e\n')
})
