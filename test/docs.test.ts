import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadInventory } from '../src/load/inventory.ts'
import { LIMITS } from '../src/model/limits.ts'
import { ProblemsError } from '../src/model/problem.ts'
import { KNOWN_COMMANDS, readsOfCommand } from '../src/steps/reads/known-commands.ts'
import { droverIn } from './cli/in-repository.ts'
import { schemaKeys } from './constructs/schema-keys.ts'
import { answerOf } from './docs/answer-of.ts'
import { commandLinesIn, commandSpansIn, unknownOptions } from './docs/command-lines.ts'
import { readFragment } from './docs/fragment.ts'
import { BLOCKS, blocksOf, PAGES, placeOf, ROOT, readPage } from './docs/pages.ts'
import { PROJECT, said, tryExample } from './docs/try-example.ts'

const folder = mkdtempSync(join(tmpdir(), 'drover-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const blocksIn = (language: string) =>
  BLOCKS.filter(block => block.language === language).map(block => [placeOf(block), block.text] as const)

describe('what stands in README.md and docs/ works', () => {
  test.each(blocksIn('yaml'))('the YAML in %s is right', (place, text) => {
    const fragment = readFragment(text)
    if (fragment.kind === 'playbook') expect(tryExample(place, fragment.text)).toBe('')
    if (fragment.kind === 'part') expect(said(place, fragment.text)).toBe('')
  })

  test.each(blocksIn('ini'))('the inventory in %s is right', async (place, text) => {
    const file = join(folder, `${place.replace(/\W/g, '_')}.ini`)
    writeFileSync(file, text, { mode: 0o600 })
    const { hosts, warnings } = await loadInventory([file], { cwd: folder })
    expect(hosts.size).toBeGreaterThan(0)
    expect(warnings).toEqual([])
  })

  test.each(PAGES)('%s: command lines use options that there are', async page => {
    const blocks = BLOCKS.filter(block => block.page === page)
    const lines = [...blocks.flatMap(({ text }) => commandLinesIn(text)), ...commandSpansIn(readPage(page))]
    for (const line of lines) expect(await unknownOptions(line), line.text).toEqual([])
  })

  test.each(PAGES)('%s: links lead somewhere', page => {
    for (const [, target = ''] of readPage(page).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      expect(existsSync(resolve(ROOT, file)), `${page} links to ${target}`).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(file), `${page} links to ${target}`).toContain(anchor)
    }
  })
})

/** As sites that show Markdown make them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('README.md', () => {
  test('shows the message that its first playbook gives with its mistake', () => {
    const block = BLOCKS.find(({ page, text }) => page === 'README.md' && text.startsWith('name: First'))
    const mistaken = (block?.text ?? '').replace('vars.greeting', 'vars.greetin')
    expect(readPage('README.md')).toContain(`\`\`\`\n${said('hello.yml', mistaken)}\`\`\`\n`)
  })

  test('shows what drover explain says of its roll-out', async () => {
    const files = {
      'hosts.ini': '[web]\n',
      'upstream.conf.tmpl': '# release ',
      'deploy.yml': 'name: Deploy the site',
    }
    for (const [name, start] of Object.entries(files)) {
      const block = BLOCKS.find(({ page, text }) => page === 'README.md' && text.startsWith(start))
      writeFileSync(join(folder, name), block?.text ?? '')
    }
    const explained = await answerOf(folder, 'explain', 'deploy.yml', 'roll')
    expect(readPage('README.md')).toContain(`\`\`\`\n${explained}\`\`\`\n`)
  })
})

describe('the preview in README.md', () => {
  const [playbook = '', shown = ''] = blocksOf('README.md').flatMap(({ text }) =>
    /^(?:name: )?More workers/.test(text) ? [text] : [],
  )

  test('is what drover plan prints', async () => {
    const at = (text: string) => text.replaceAll(/\/(?=etc|opt)/g, `${folder}/`)
    for (const [path, text] of [
      ['etc/shop/shop.conf', 'port = 8080\nworkers = 4\n'],
      ['opt/shop/VERSION', '1.4.2\n'],
      ['plan/hosts.ini', '[web]\nweb[1:2] ansible_connection=local\n'],
      ['plan/tune.yml', at(playbook)],
    ] as const) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const { stdout } = await droverIn(join(folder, 'plan'), 'plan', 'tune.yml')
    expect(stdout.replaceAll(`${folder}/`, '/')).toBe(shown)
  })
})

describe('docs/preview.md', () => {
  const rows = /\| commands \|.*?\n\n/s.exec(readPage('docs/preview.md'))?.[0] ?? ''
  const commands = [...rows.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command.split(' ')),
  )

  test.each(KNOWN_COMMANDS)('says what %s rests on', name => {
    expect(commands.map(([first]) => first)).toContain(name === ':' ? 'true' : name)
  })

  test.each(commands.map(words => [words.join(' '), words] as const))('%s is known', (_, words) => {
    const calls = [words, [...words, 'x'], [...words, 'p', 'x'], [...words, 'x', ']']]
    expect(calls.map(readsOfCommand).some(reads => reads !== 'anything')).toBe(true)
  })
})

/** What a page shows of a file that its examples name stands in the project as it is shown. */
test.each(['site.yml', 'site.conf.tmpl', 'nginx.conf.tmpl', 'upstream.conf.tmpl'])(
  'the pages show %s as it is',
  name => {
    const text = readFileSync(join(PROJECT, name), 'utf8')
    expect(BLOCKS.filter(block => block.text === text)).toHaveLength(1)
  },
)

describe('docs/limits.md', () => {
  test("names drover's own time limits as they are", () => {
    const rows = [
      ...readPage('docs/limits.md').matchAll(/^\| (?:for|of) .*? \| (\S+ (?:s|min|hour)) \|/gm),
    ].map(row => row[1])
    const { connectMs, loginMs, keepaliveMs, keepaliveMisses, startMs, stepMs, factsMs, stallMs } = LIMITS
    const { graceMs, signOfLifeMs, drainMs, silentMs, probeMs, previewRunMs, matchExecMs } = LIMITS
    const ways = [connectMs, connectMs, matchExecMs]
    const first = [...ways, loginMs, keepaliveMs * keepaliveMisses, startMs, stepMs, factsMs, stallMs]
    const limits = [...first, graceMs, graceMs, signOfLifeMs, drainMs, silentMs, probeMs, previewRunMs]
    const words = (ms: number) =>
      ms >= 3_600_000 ? `${ms / 3_600_000} hour` : ms >= 120_000 ? `${ms / 60_000} min` : `${ms / 1000} s`
    expect(rows).toEqual(limits.map(words))
  })
})

describe('docs/language.md', () => {
  const language = readPage('docs/language.md')

  const keys = new Set([...schemaKeys().keys()].map(path => path.split('.').at(-1)))

  test.each([...keys])('says what the key %s means', key => {
    const prose = language.replace(/^```.*?^```$/gms, '')
    expect(prose).toMatch(new RegExp(`\`${key}[\`:]`))
  })

  test('has a row for every outcome that a run can show', () => {
    for (const outcome of [
      'ok',
      'changed',
      'failed',
      'unreachable',
      'unknown',
      'refused',
      'blocked',
      'cancelled',
    ])
      expect(language).toContain(`| \`${outcome}\` |`)
  })
})

describe('docs/library.md', () => {
  const page = readPage('docs/library.md')
  const library = readdirSync(join(ROOT, 'playbooks/lib')).map(name => name.replace(/\.yml$/, ''))

  test.each(library)('shows how to use %s, and names all that it takes', name => {
    const section = page.split(/^##+ /m).find(text => text.startsWith(`${name}\n`)) ?? ''
    expect(section).toContain(`use: ${name}\n`)
    const { params } = parse(readFileSync(join(ROOT, `playbooks/lib/${name}.yml`), 'utf8')) as {
      readonly params: object
    }
    for (const param of Object.keys(params)) expect(section).toMatch(new RegExp(`\\b${param}\\b`))
  })
})

test('a page with a mistake is noticed', async () => {
  const broken = '- run: echo ${{ vars.relase }}\n'
  const fragment = readFragment(broken)
  expect(fragment.kind === 'playbook' && said('x', fragment.text)).toContain('relase')
  const [line] = commandLinesIn('drover apply x.yml --limti web # a mistake')
  expect(line && (await unknownOptions(line))).toEqual(['--limti'])
  const empty = join(folder, 'empty.ini')
  writeFileSync(empty, '[web]\n')
  await expect(loadInventory([empty], { cwd: folder })).rejects.toThrow(ProblemsError)
})
