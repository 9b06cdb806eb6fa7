import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { knownUnder, parseKnownHosts } from '../../../src/transport/ssh/known-hosts.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'

describeWith(['ssh-keygen'], 'known_hosts, as ssh-keygen -F reads it', () => {
  let folder: string
  let key: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-known-'))
    key = makeKey(join(folder, 'key')).publicKey
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The lines that speak of a name, by ssh-keygen and by us. */
  function compare(text: string, name: string): void {
    const file = join(folder, 'known_hosts')
    writeFileSync(file, text)
    const answer = spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' })
    const theirs = [...answer.stdout.matchAll(/^# Host .* found: line (\d+)/gm)].map(match =>
      Number(match[1]),
    )
    const ours = knownUnder(parseKnownHosts(text, file), name).map(({ line }) => line)
    expect({ text, name, lines: ours }).toEqual({ text, name, lines: theirs })
  }

  test('names, patterns, negation, markers, comments', () => {
    const label = fc.constantFrom('a', 'b', 'web', '1', '*', '?', 'w*b', '?eb')
    const name = fc.array(label, { minLength: 1, maxLength: 3 }).map(parts => parts.join('.'))
    const placed = fc.oneof(
      name,
      name.map(n => `[${n}]:2222`),
      name.map(n => n.toUpperCase()),
    )
    const pattern = fc.tuple(fc.constantFrom('', '', '!'), placed).map(parts => parts.join(''))
    const hosts = fc.array(pattern, { minLength: 1, maxLength: 4 }).map(list => list.join(','))
    const marker = fc.constantFrom('', '', '', '@revoked ', '@cert-authority ', '# ')
    const gap = fc.constantFrom(' ', '  ', '\t')
    const line = fc
      .tuple(fc.constantFrom('', ' ', '\t'), marker, hosts, gap)
      .map(p => `${p.join('')}${key} comment`)
    const asked = fc
      .tuple(
        fc.array(fc.constantFrom('a', 'b', 'web', '1', 'wxb'), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
      )
      .map(([parts, port]) => (port ? `[${parts.join('.')}]:2222` : parts.join('.')))
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), asked, (lines, name) => {
        compare(`${lines.join('\n')}\n`, name)
      }),
      { numRuns: 60 },
    )
  })

  test('hashed names', () => {
    const file = join(folder, 'hashed')
    writeFileSync(
      file,
      ['web1', '[web1]:2222', '10.0.0.1', '[::1]:22'].map(name => `${name} ${key}\n`).join(''),
    )
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'pipe' })
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('web1')
    for (const name of ['web1', '[web1]:2222', '10.0.0.1', '[web1]:2223', 'web2', '::1']) compare(text, name)
  })

  test('what is no entry', () => {
    const lines = [
      '',
      '#',
      'web1',
      'web1 ssh-ed25519',
      '@foo web1 x',
      '|1|x|y ssh-ed25519 AAAA',
      'web1 1024 35 123456',
    ]
    expect(knownUnder(parseKnownHosts(lines.join('\n'), 'f'), 'web1')).toEqual([])
  })

  test('a pattern made to take long does not', () => {
    const lines = parseKnownHosts(`${'*a'.repeat(200)} ${key}`, 'f')
    expect(lines).toHaveLength(1)
    expect(knownUnder(lines, 'a'.repeat(20_000) + 'b')).toEqual([])
  })
})
