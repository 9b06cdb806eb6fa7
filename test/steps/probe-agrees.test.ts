import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import type { Finding } from '../../src/model/finding.ts'
import { createSteps } from '../../src/steps/index.ts'
import { describeWith } from '../sshd/requirements.ts'
import { testContext } from './context.ts'
import { HOSTS, type Host } from './hosts.ts'
import { findingsOf, snapshot } from './probing.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'

/** What lies at a name on the host. */
interface Thing {
  readonly kind: 'nothing' | 'file' | 'folder' | 'link' | 'pipe'
  readonly text: string
  readonly mode: number
  readonly inner: readonly string[]
  readonly others: boolean
}

/** So many are tried, others each time; without it always the same few. */
const MORE = process.env.DROVER_LOOKS

const NAMES = ['a', 'b', 'site', 'l'] as const
const TEXTS = ['one\n', 'two\n', 'six\n', '', 'no line feed', '\0\x01']

const thing: fc.Arbitrary<Thing> = fc.record({
  kind: fc.constantFrom('nothing', 'file', 'file', 'folder', 'folder', 'link', 'pipe'),
  text: fc.constantFrom(...TEXTS, 'a', 'site', 'nowhere'),
  mode: fc.constantFrom(0o644, 0o600, 0o755, 0o755, 0o444, 0o555, 0o000),
  inner: fc.array(fc.constantFrom('a', 'b', 'sub'), { maxLength: 2 }),
  others: fc.integer({ min: 0, max: 5 }).map(n => n === 0),
})

const action = fc.record({
  src: fc.constantFrom('a', 'b', 'site', 'site/', '*', 'content', 'gone'),
  dest: fc.constantFrom(
    '',
    '/',
    'a',
    'b',
    'site',
    'site/',
    'site/a',
    'l',
    'l/a',
    'x/y',
    'x/y/',
    'site/sub/z',
  ),
  text: fc.constantFrom(...TEXTS),
  mode: fc.option(fc.constantFrom('0644', '0600', '755'), { nil: undefined }),
  owner: fc.option(fc.constantFrom('root', '0', 'nobody', 'nobody-has-this'), { nil: undefined, freq: 4 }),
  group: fc.option(fc.constantFrom('root', 'nobody-has-this'), { nil: undefined, freq: 6 }),
  parents: fc.boolean(),
})

function make(folder: string, things: Readonly<Record<string, Thing>>, owner: number): void {
  execFileSync('rm', ['-rf', folder])
  mkdirSync(folder)
  for (const [name, thing] of Object.entries(things)) {
    if (thing.kind !== 'nothing') makeThing(join(folder, name), thing, owner)
  }
  chownSync(folder, owner, owner)
}

function makeThing(path: string, { kind, text, mode, inner, others }: Thing, owner: number): void {
  if (kind === 'file') writeFileSync(path, text)
  if (kind === 'pipe') execFileSync('mkfifo', [path])
  if (kind === 'link') symlinkSync(text.replaceAll('\0', '') || 'a', path)
  if (kind === 'folder') mkdirSync(path)
  for (const name of kind === 'folder' ? new Set(inner) : []) {
    if (name === 'sub') mkdirSync(join(path, name))
    else writeFileSync(join(path, name), text)
    chownSync(join(path, name), owner, owner)
  }
  lchownSync(path, others ? 0 : owner, others ? 0 : owner)
  if (kind !== 'link') chmodSync(path, mode)
}

/** What a finding says of how the step ends, if nothing happens in between. */
function foretold(finding: Finding): string {
  if (finding.kind !== 'put') return finding.kind
  if (finding.outlook === 'same') return 'ok'
  return finding.outlook === 'writes' && finding.unlessMade === undefined ? 'changed' : 'failed'
}

const [, busybox] = SHELLS.find(([name]) => name === 'busybox') ?? []

async function overBusybox(): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-busybox-'))
  const end = async () => rmSync(folder, { recursive: true, force: true })
  return { session: shellSession(busybox), folder, end }
}

/** As root, as a login that is not, and with the tools of small devices. */
const WAYS: typeof HOSTS = [
  ...HOSTS.filter(([name]) => name === 'this machine' || name === 'sshd and fish'),
  ...(busybox === undefined ? [] : [['busybox', [], overBusybox] as const]),
]

for (const [name, requirements, start] of WAYS) {
  describeWith([...requirements, 'root'], `what is found over ${name}`, () => {
    let host: Host
    let local: string
    beforeAll(async () => {
      host = await start()
      local = mkdtempSync(join(tmpdir(), 'drover-local-'))
      mkdirSync(join(local, 'src/site/sub'), { recursive: true })
      for (const path of ['a', 'site/a', 'site/sub/z']) writeFileSync(join(local, 'src', path), 'one\n')
      for (const path of ['b', 'site/b']) writeFileSync(join(local, 'src', path), 'two\n')
      symlinkSync('a', join(local, 'src/site/l'))
    })
    afterAll(async () => {
      await host?.end()
      rmSync(local, { recursive: true, force: true })
    })

    test('is what then happens, and looking changes nothing', async () => {
      const owner = statSync(host.folder).uid
      const tree = join(host.folder, 'tree')
      const property = fc.asyncProperty(
        fc.record(Object.fromEntries(NAMES.map(key => [key, thing]))),
        fc.array(action, { minLength: 4, maxLength: 8 }),
        async (things, choices) => {
          const actions = choices.map(({ src, dest, text, mode, owner: user, group, parents }): PutAction => {
            const source =
              src === 'content'
                ? ({ kind: 'content', text } as const)
                : ({ kind: 'src', text: join(local, 'src', src) + (src.endsWith('/') ? '/' : '') } as const)
            const given = Object.entries({ mode, owner: user, group }).filter(
              ([, value]) => value !== undefined,
            )
            const more = Object.fromEntries(given)
            return { kind: 'put', source, dest: `${tree}/${dest}`, parents, timeoutMs: 20_000, ...more }
          })
          make(tree, things, owner)
          const before = snapshot(tree)
          const findings = await findingsOf(host.session, actions)
          expect(snapshot(tree)).toEqual(before)
          for (const [index, put] of actions.entries()) {
            make(tree, things, owner)
            const { outcome, failure } = await createSteps()(put, testContext(host.session))
            const finding = findings[index] as Finding
            expect({ put, finding, failure, foretold: foretold(finding) }).toEqual({
              put,
              finding,
              failure,
              foretold: outcome,
            })
          }
        },
      )
      await fc.assert(property, MORE === undefined ? { numRuns: 6, seed: 1 } : { numRuns: Number(MORE) })
    }, 3_600_000)
  })
}
