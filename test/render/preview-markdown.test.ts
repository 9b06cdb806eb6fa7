import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Preview } from '../../src/model/preview.ts'
import { renderVerdictsMarkdown, type VerdictMarkdownOptions } from '../../src/render/preview/markdown.ts'
import {
  edited,
  fails,
  gets,
  made,
  putSketch,
  puts,
  runSketch,
  runs,
  SAME,
  samplePreview,
  skip,
  unknown,
} from './sample-preview.ts'
import { richPlan } from './sample-run.ts'

const DIFF = '@@ -10,3 +10,4 @@\n listen 80\n-workers 4\n+workers 8\n+timeout 30\n'
const WEB = Array.from({ length: 14 }, (_, n) => `web${String(n + 1).padStart(2, '0')}`)

function markdown(preview: Preview, options: Partial<VerdictMarkdownOptions> = {}): string {
  return renderVerdictsMarkdown(preview, { cwd: '/play', ...options })
}

test('the counts, a table, what is not certain, and what changes folded away', () => {
  const plan = richPlan([...WEB, 'db1'], {
    facts: { on: WEB, hidden: true },
    look: { on: WEB },
    conf: { on: WEB, title: 'Configure | the application' },
    site: { on: ['web01'] },
    migrate: { on: ['db1'] },
    restart: { on: WEB },
    gone: { on: [], excluded: 'tags' },
  })
  const preview = samplePreview(
    plan,
    {
      conf: host =>
        ({ web12: SAME, web13: skip('not vars.x'), web14: unknown('steps.look would change first') })[host] ??
        puts([edited('/etc/app.conf', DIFF)]),
      site: puts(
        [
          made('/srv/css', { type: 'folder', after: { mode: '0755' } }),
          edited('/srv/a', DIFF),
          made('/srv/b'),
        ],
        { same: 180, note: 'compared byte by byte', sketch: putSketch('/srv/', '/play/site/') },
      ),
      migrate: fails('/opt is not there', runSketch({ script: 'bin/migrate' })),
      restart: runs('systemctl restart app'),
    },
    {
      web02: {
        code: 'connect_refused',
        message: '10.0.0.1:22 refused the connection',
        hint: 'is sshd running?',
      },
    },
  )
  expect(markdown(preview)).toBe(`## Preview: Deploy the web tier

**Plan: 24 to change, 14 unchanged, 2 unknown, 1 unreachable, 1 would fail, 1 skipped**

| Step | To change | Unchanged | Unknown | Skipped |
| --- | ---: | ---: | ---: | ---: |
| \`look\` |  | 13 |  |  |
| \`conf\` Configure \\| the application | 10 | 1 | 1 | 1 |
| \`site\` | 1 |  |  |  |
| \`migrate\` |  |  | 1 would fail |  |
| \`restart\` | 13 |  |  |  |

**Would fail**

- \`migrate\` on \`db1\`: /opt is not there

**Unknown**

- \`conf\` on \`web14\`: steps.look would change first

**Unreachable**

- \`web02\`: 10.0.0.1:22 refused the connection (is sshd running?)

Left out by --tags or --skip-tags: gone

<details>
<summary><code>conf</code>: 10 to change, 1 unchanged, 1 unknown, 1 skipped</summary>

\`web[01,03-11]\` (10)

- \`/etc/app.conf\` content 1.2 kB → 1.3 kB, +2 −1

\`\`\`diff
@@ -10,3 +10,4 @@
 listen 80
-workers 4
+workers 8
+timeout 30
\`\`\`

\`web12\`: no change

\`web13\`: skipped: not vars.x

\`web14\`: unknown because steps.look would change first

</details>

<details>
<summary><code>site</code>: 1 to change</summary>

\`web01\`

- \`/srv/css/\` new folder, mode 0755
- \`/srv/a\` content 1.2 kB → 1.3 kB, +2 −1

\`\`\`diff
@@ -10,3 +10,4 @@
 listen 80
-workers 4
+workers 8
+timeout 30
\`\`\`

- \`/srv/b\` new, 1.3 kB, mode 0644
- 180 left alone
- compared byte by byte

</details>

<details>
<summary><code>migrate</code>: 1 would fail</summary>

\`db1\`: would fail: /opt is not there

\`\`\`text
run bin/migrate
\`\`\`

</details>

<details>
<summary><code>restart</code>: 13 to change</summary>

\`web[01,03-14]\` (13)

\`\`\`text
run systemctl restart app
\`\`\`

</details>
`)
  expect(markdown(preview, { diff: false })).not.toContain('```diff')
})

test('a new file is its content, which is shortened sooner than what changes', () => {
  const text = `@@ -0,0 +1,90 @@\n${'+x\n'.repeat(90)}`
  const node = puts([made('/new', { diff: { kind: 'text', text } })])
  const shown = markdown(samplePreview(richPlan(['web1'], { a: { on: ['web1'] } }), { a: node }))
  expect(shown).toContain('\n\n```diff\n+x\n')
  expect(shown).toContain('+x\n… 30 more lines\n```')
})

describe('it is bounded', () => {
  const long = (n: number, lines: number) => `@@ -0,0 +1,${lines} @@\n${`+line ${n}\n`.repeat(lines)}`

  test('diffs are shortened first, then left out, and it says so', () => {
    const hosts = WEB.slice(0, 3)
    const steps = (count: number) =>
      richPlan(hosts, Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, { on: hosts }])))
    const nodes = (lines: number) =>
      Object.fromEntries(
        Array.from({ length: 400 }, (_, n) => [`s${n}`, puts([edited('/x', long(n, lines))])]),
      )
    const whole = markdown(samplePreview(steps(5), nodes(150)))
    expect(whole.match(/^\+line/gm)).toHaveLength(750)
    expect(whole).not.toContain('shortened')
    const short = markdown(samplePreview(steps(100), nodes(190)))
    expect(short.length).toBeLessThanOrEqual(60_000)
    expect(short).toContain('… 161 more lines\n```')
    expect(short.endsWith('*… shortened: `drover plan` shows all of it.*\n')).toBe(true)
    const none = markdown(samplePreview(steps(400), nodes(900)))
    expect(none.length).toBeLessThanOrEqual(60_000)
    expect(none).toContain('\n… and 200 more steps\n')
    expect(none).not.toContain('```diff')
    expect(none.match(/^<details>$/gm)?.length).toBe(none.match(/^<\/details>$/gm)?.length)
  })

  test('also where everything is very long', () => {
    const path = `/${'x'.repeat(4000)}`
    const plan = richPlan(WEB, Object.fromEntries(WEB.map(id => [`s_${id}`, { on: WEB, title: path }])))
    const nodes = Object.fromEntries(
      WEB.map(id => [`s_${id}`, puts([edited(path, `@@ -1 +1 @@\n+${path.repeat(20)}\n`)])]),
    )
    const text = markdown(samplePreview(plan, nodes, { web01: { code: 'bug', message: path } }))
    expect(text.length).toBeLessThanOrEqual(60_000)
    expect(text).toContain('shortened')
  })
})

/** Takes fences away as CommonMark reads them; fails where one stays open. */
function withoutFences(text: string): string {
  let fence = ''
  const kept: string[] = []
  for (const line of text.split('\n')) {
    const [run = ''] = line.match(/^`{3,}/) ?? []
    if (fence === '') {
      if (run === '') kept.push(line)
      else fence = run
    } else if (run.length >= fence.length && line === run) fence = ''
  }
  expect(fence).toBe('')
  return kept.join('\n')
}

/** Takes code spans away: a run of backticks ends with the next one as long; an escaped one starts none. */
function withoutCode(line: string): string {
  return line.replace(/\\.|(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/gs, (all, run) =>
    run === undefined ? all : 'CODE',
  )
}

/** What drover itself begins lines with, and its HTML. */
const OWN = /^## |^<\/?details>$|^<summary><code>[^<>]+<\/code>: [\w, ]+<\/summary>$/

/** HTML, mentions, references and links. */
const ALIVE = /(?<!\\)(?:\\\\)*<|[@#](?!\u200b)|:\/\/|www\.|GH-\d/i

test('nothing that a host or a file holds gets out of its place', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '```',
      '````',
      '`',
      '|',
      '\\',
      '\\|',
      '<b>',
      '</details>',
      '<!--',
      '@octocat',
      '#12',
      '\n',
      '\r\n',
      '~~~',
      '](x)',
      '![',
      '$$',
      'https://x.y',
      'www.x.y',
      'GH-1',
      '&lt;',
      '\x1b[2J',
      '\u202e',
      '* ',
      '- ',
      '**',
      '_',
    ),
    fc.string({ maxLength: 6 }),
  )
  const hostile = fc.array(piece, { minLength: 1, maxLength: 12 }).map(pieces => pieces.join(''))
  fc.assert(
    fc.property(hostile, hostile, (one, two) => {
      const id = `items["${one}"]`
      const plan = richPlan(
        ['web1', 'web2', 'web3'],
        {
          a: { on: ['web1', 'web2'], title: one },
          [id]: { on: ['web1'] },
          c: { on: ['web1'] },
          d: { on: ['web1'] },
        },
        { name: two },
      )
      const preview = samplePreview(
        plan,
        {
          a: host =>
            host === 'web1'
              ? puts(
                  [edited(`/${one}`, `@@ -1 +1 @@\n-${two}\n+${one}\n${one}`, { after: { owner: two } })],
                  {
                    note: two,
                    missing: [one],
                  },
                )
              : skip(one),
          [id]: fails(one, runSketch({ script: two }), {
            finding: { kind: 'unseen', failure: { code: 'bug', message: one, hint: two } },
          }),
          c: unknown(two),
          d: gets('web1', { changed: 1, overwritten: [`/play/${one}`] }),
        },
        { web3: { code: 'connect_failed', message: one, hint: two } },
      )
      const text = markdown(preview)
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
      const lines = withoutFences(text).split('\n')
      expect(lines.filter(line => line.startsWith('|')).every(line => cellsOf(line) === 5)).toBe(true)
      for (const line of lines) expect(withoutCode(line.replace(OWN, ''))).not.toMatch(ALIVE)
      expect(lines.filter(line => line === '<details>')).toHaveLength(3)
      expect(lines.filter(line => line === '</details>')).toHaveLength(3)
    }),
    { numRuns: 500 },
  )
})

/** Cells as GitHub splits a row: at pipes that no backslash escapes, in code too. */
function cellsOf(row: string): number {
  return row.replace(/\\./g, '').split('|').length - 2
}

test('no secret is shown', () => {
  const preview = samplePreview(richPlan(['web1'], { a: { on: ['web1'] }, b: { on: ['web1'] } }), {
    a: puts([edited('/x', '@@ -1 +1 @@\n-s3cret\n+s3cret2\n')], { note: 's3cret' }),
    b: runs('echo s3cret'),
  })
  expect(markdown(preview, { masked: text => text.replaceAll('s3cret', '***') })).not.toContain('s3cret')
})
