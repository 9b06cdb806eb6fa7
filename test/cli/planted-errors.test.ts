import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPlaybookFile } from '../../src/cli/inputs/load-playbook.ts'

// One error at any place of a good playbook, of a file that it uses or of a template is told, there, and nothing else.

const PROJECT = resolve(import.meta.dirname, 'planted')
const FILES = readdirSync(PROJECT, { recursive: true, encoding: 'utf8' }).filter(name =>
  /\.(yml|tmpl)$/.test(name),
)

interface Planted {
  readonly file: string
  readonly text: string
  /** `file:line:col`. */
  readonly place: string
  readonly what: string
}

/** Plants in each match of `find`; `place` gives the offset of what is wrong, in the match. */
function plantings(
  find: RegExp,
  plant: (match: string) => string,
  place: (match: string) => number = () => 0,
  fits: (line: string) => boolean = () => true,
): Planted[] {
  return FILES.flatMap(file => {
    const text = readFileSync(join(PROJECT, file), 'utf8')
    return [...text.matchAll(find)].flatMap(match => {
      const [whole] = match
      const lines = text.slice(0, match.index).split('\n')
      const line = text.split('\n')[lines.length - 1] ?? ''
      if (!fits(line)) return []
      const col = (lines.at(-1)?.length ?? 0) + 1 + place(whole)
      const planted = plant(whole)
      return {
        file,
        text: text.slice(0, match.index) + planted + text.slice(match.index + whole.length),
        place: `${file}:${lines.length}:${col}`,
        what: `${planted}  in  ${line.trim()}`,
      }
    })
  })
}

const isCode = (line: string) => !/^\s*#/.test(line) && !line.includes('$${{')

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-planted-'))
  cpSync(PROJECT, folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

async function toldFor({ file, text }: Planted): Promise<string[]> {
  const path = join(folder, file)
  const before = readFileSync(path)
  writeFileSync(path, text)
  const { problems } = await checkPlaybookFile(folder, 'play.yml')
  writeFileSync(path, before)
  return problems.map(({ where, message }) => `${where?.file}:${where?.line}:${where?.col} ${message}`)
}

test('the project is good', async () => {
  expect((await checkPlaybookFile(folder, 'play.yml')).problems).toEqual([])
})

function each(name: string, all: readonly Planted[], least: number): void {
  describe(name, () => {
    test('there are enough of them', () => expect(all.length).toBeGreaterThanOrEqual(least))
    test.each(all.map(one => [`${one.place} ${one.what}`, one] as const))('%s', async (_, planted) => {
      const told = await toldFor(planted)
      expect(told).toHaveLength(1)
      expect(told[0]?.split(' ')[0]).toBe(planted.place)
    })
  })
}

const lastKey = (path: string) => path.lastIndexOf('.') + 1

each(
  'a name that is not there',
  plantings(
    /(?<![\w"$])(?:vars|params|host|result|facts\.os)\.[a-z_]+\b(?!\.vars)/g,
    path => `${path}x`,
    lastKey,
    isCode,
  ).filter(({ what }) => !what.startsWith('host.varsx')),
  50,
)
each(
  'a step that is not there',
  plantings(
    /(?<=steps\.)[a-z]\w*(?=\.)/g,
    id => `${id}x`,
    () => 0,
    isCode,
  ),
  6,
)
each(
  'a field of a step that is not there',
  plantings(/steps\.\w+\.[a-z]+\b/g, path => `${path}x`, lastKey, isCode),
  6,
)
each(
  'a root that is not there',
  plantings(
    /(?<![\w"$.])(?:vars|params|steps|facts|groups)(?=\.)/g,
    root => `${root}x`,
    () => 0,
    isCode,
  ),
  45,
)
each(
  'a function that is not there',
  plantings(
    /\b(?:size|default|basename|matches|find|join|contains)(?=\()/g,
    name => `${name}x`,
    () => 0,
    isCode,
  ),
  7,
)
each(
  'a step in needs that is not there',
  plantings(/(?<=step: )\w+|(?<=, )grp(?=\])/g, id => `${id}x`),
  3,
)
each(
  'a comparison of a number with a text',
  plantings(
    /vars\.n > \d|params\.n > \d|result\.exit_code > \d/g,
    text => `${text.slice(0, -1)}"x"`,
    () => 0,
  ),
  4,
)
each(
  'a bad regular expression',
  plantings(/(?<=matches\()"\^|(?<=vars\.a, )"\[/g, () => '"(['),
  2,
)
each(
  'a semaphore, a param or a key that is not there',
  plantings(
    /(?<=semaphores: )mirror|(?<=with: \{ )\w+|^ {4}(?:run|needs|when|cwd|retry)(?=:)/gm,
    name => `${name}x`,
    name => /^\s*/.exec(name)?.[0].length ?? 0,
  ),
  10,
)
