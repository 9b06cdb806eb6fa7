import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LoadOptions, loadPlaybook } from '../../src/load/playbook.ts'
import { LIMITS } from '../../src/model/limits.ts'
import type { PlaybookFile, Step } from '../../src/model/playbook.ts'
import { WrittenNumber } from '../../src/model/value.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'drover-use-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string | Buffer): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

/** A playbook that uses these files, one a step. */
const using = (...paths: readonly string[]) =>
  `hosts: all\nsteps:\n${paths.map(path => `  - use: ${path}\n`).join('')}`

const load = (name = 'play.yml', options: LoadOptions = {}) => loadPlaybook(join(folder, name), name, options)

/** The problems as `file:line:col message [hint]`. */
function told(name?: string, options?: LoadOptions): readonly string[] {
  return load(name, options).problems.map(
    ({ where, message, hint }) =>
      `${where?.file}:${where?.line}:${where?.col} ${message}${hint === undefined ? '' : ` [${hint}]`}`,
  )
}

function usedBy(step: Step | undefined): PlaybookFile | undefined {
  return step?.spec.kind === 'use' ? step.spec.file : undefined
}

describe('files that steps use', () => {
  test('are relative to the file that names them, and read once', () => {
    write('play.yml', using('lib/a.yml', 'lib/b.yml', './lib/../lib/b.yml'))
    write('lib/a.yml', 'steps: [{ use: b.yml }]\n')
    write('lib/b.yml', 'name: B\nsteps: [{ run: b }]\n')
    const { playbook, problems } = load()
    expect(problems).toEqual([])
    const [a, b, again] = playbook?.steps.map(usedBy) ?? []
    expect(a).toMatchObject({ file: 'lib/a.yml', folder: join(folder, 'lib') })
    expect(b).toMatchObject({ file: 'lib/b.yml', name: 'B', folder: join(folder, 'lib') })
    expect(again).toBe(b)
    expect(usedBy(a?.steps[0])).toBe(b)
  })

  test('tell their problems at their own places, once, after those of the playbook, in the order of use', () => {
    write('play.yml', `${using('z.yml', 'a.yml', 'z.yml')}  - rnu: a\n`)
    write('a.yml', 'steps: [{ rnu: a }]\n')
    write('z.yml', 'steps:\n  - { rnu: a }\n  - use: m.yml\n')
    write('m.yml', 'steps: [{ run: }]\n')
    const { problems } = load()
    expect(problems.map(({ where }) => `${where?.file}:${where?.line}`)).toEqual([
      ...['play.yml:6', 'z.yml:2', 'm.yml:1', 'a.yml:1'],
    ])
  })

  test('may stand in groups', () => {
    write('play.yml', 'hosts: all\nsteps: [{ steps: [{ use: nope.yml }] }]\n')
    expect(told()).toEqual(['play.yml:2:26 "nope.yml" does not exist'])
  })

  test('may come from the library by a bare name', () => {
    write('play.yml', using('package'))
    const { playbook } = load()
    const file = usedBy(playbook?.steps[0])
    expect(file?.file).toMatch(/playbooks\/lib\/package\.yml$/)
    expect(file?.params.length).toBeGreaterThan(0)
  })

  test('are named with their ending where they are not of the library', () => {
    write('play.yml', using('mine', 'serivce'))
    write('mine.yml', 'steps: [{ run: a }]\n')
    expect(told()).toEqual([
      'play.yml:3:10 drover\'s library has no "mine" [for the file here write "use: mine.yml"]',
      'play.yml:4:10 drover\'s library has no "serivce" [did you mean "service"?]',
    ])
  })
})

describe('files that cannot be used', () => {
  test('because they use each other', () => {
    write('play.yml', using('lib/a.yml'))
    write('lib/a.yml', 'steps: [{ use: b.yml }]\n')
    write('lib/b.yml', 'steps: [{ steps: [{ use: ../lib/c.yml }] }]\n')
    write('lib/c.yml', 'steps: [{ use: a.yml }]\n')
    expect(told()).toEqual([
      'lib/c.yml:1:16 the file uses itself: lib/a.yml → lib/b.yml → lib/c.yml → lib/a.yml',
    ])
  })

  test('because it is the playbook itself, by another name', () => {
    write('play.yml', using('other.yml'))
    symlinkSync('play.yml', join(folder, 'other.yml'))
    expect(told()).toEqual(['play.yml:3:10 the file uses itself: play.yml → play.yml'])
  })

  test('because they are no text, no file, or not there', () => {
    write('play.yml', using('bin.yml', 'pipe.yml', 'folder.d/', 'loop.yml', 'there/a.yml', 'utf16.yml'))
    write('bin.yml', Buffer.from([0x73, 0x74, 0xff]))
    write('utf16.yml', Buffer.from('\ufeffsteps: []', 'utf16le'))
    write('folder.d/one.yml', 'steps: [{ run: a }]\n')
    execFileSync('mkfifo', [join(folder, 'pipe.yml')])
    symlinkSync('loop.yml', join(folder, 'loop.yml'))
    expect(told()).toEqual([
      'play.yml:4:10 pipe.yml is not a regular file',
      'play.yml:5:10 "folder.d/" is a folder, not a file [name a file in it, as "folder.d/one.yml"]',
      'play.yml:6:10 "loop.yml" cannot be read: links lead back to themselves',
      'play.yml:7:10 "there/a.yml" does not exist, nor does its folder',
      'bin.yml:1:3 bin.yml is not UTF-8 [save it as UTF-8]',
      'utf16.yml:1:1 utf16.yml is UTF-16, not UTF-8 [save it as UTF-8]',
    ])
  })

  test('because they are too large, too deep or too many', () => {
    write('play.yml', using('big.yml', 'd1.yml'))
    write('big.yml', `#${' '.repeat(LIMITS.playbookBytes)}\n`)
    for (let n = 1; n <= LIMITS.useDepth + 1; n++) write(`d${n}.yml`, `steps: [{ use: d${n + 1}.yml }]\n`)
    expect(told()).toEqual([
      'play.yml:3:10 big.yml is larger than 4 MiB',
      `d${LIMITS.useDepth}.yml:1:16 files use each other more than ${LIMITS.useDepth} deep`,
    ])
  })

  test('because together they are too many steps', () => {
    write('play.yml', using('n1.yml'))
    for (let n = 1; n < 15; n++)
      write(`n${n}.yml`, `steps: [{ use: n${n + 1}.yml }, { use: n${n + 1}.yml }]\n`)
    write('n15.yml', 'steps: [{ run: a }]\n')
    expect(told()).toEqual([
      'play.yml:3:5 with the steps of the files that it uses, the playbook has more than 10000 steps',
    ])
  })
})

describe('the project', () => {
  beforeEach(() => {
    write('outside.yml', 'steps: [{ run: a }]\n')
    write('shared/in.yml', 'steps: [{ run: a }]\n')
  })

  test('is the folder of the playbook', () => {
    write('plays/play.yml', using('../outside.yml', join(folder, 'outside.yml')))
    const message = `lies outside of the project (${join(folder, 'plays')})`
    const hint = '[move it into the project, or allow it with --allow-outside]'
    expect(told('plays/play.yml')).toEqual([
      `plays/play.yml:3:10 "../outside.yml" ${message} ${hint}`,
      `plays/play.yml:4:10 "${join(folder, 'outside.yml')}" ${message} ${hint}`,
    ])
    expect(told('plays/play.yml', { allowOutside: true })).toEqual([])
  })

  test('is the folder with .git above it', () => {
    mkdirSync(join(folder, '.git'))
    write('plays/play.yml', using('../outside.yml', '../shared/in.yml'))
    expect(told('plays/play.yml')).toEqual([])
  })

  test('is not left through a symbolic link', () => {
    write('plays/play.yml', using('link.yml', 'dir/in.yml'))
    symlinkSync('../outside.yml', join(folder, 'plays/link.yml'))
    symlinkSync('../shared', join(folder, 'plays/dir'))
    expect(told('plays/play.yml')).toHaveLength(2)
    expect(told('plays/play.yml', { allowOutside: true })).toEqual([])
  })

  test('may itself be reached through one', () => {
    write('plays/play.yml', using('a.yml'))
    write('plays/a.yml', 'steps: [{ run: a }]\n')
    symlinkSync('plays', join(folder, 'alias'))
    expect(told('alias/play.yml')).toEqual([])
  })

  test('does not hide the library', () => {
    write('plays/play.yml', using('package'))
    expect(load('plays/play.yml').problems.map(({ code }) => code)).not.toContain('use_file')
  })
})

test('a param tells what does not fit, as a sentence', () => {
  write(
    'play.yml',
    `params:
  name: { type: string, pattern: "^[a-z]+$", maxLength: 5 }
  n: { type: integer, minimum: 1, maximum: 9 }
  list: { type: array, items: { type: integer }, minItems: 1, maxItems: 2, uniqueItems: true }
  map: { type: object, required: [a], properties: { a: { type: string } }, additionalProperties: false }
  one: { enum: [a, b] }
steps: [{ run: a }]
`,
  )
  const params = new Map(load().playbook?.params.map(param => [param.name, param]))
  const misfit = (name: string, value: Parameters<NonNullable<ReturnType<typeof params.get>>['misfit']>[0]) =>
    params.get(name)?.misfit(value)
  const n = (text: string) => new WrittenNumber(text)
  expect(misfit('name', 'abc')).toBeUndefined()
  expect(misfit('name', 'ABC')).toBe('"name" must match ^[a-z]+$, not "ABC"')
  expect(misfit('name', 'abcdef')).toBe('"name" must have at most 5 characters, not "abcdef"')
  expect(misfit('name', n('1.10'))).toBe('"name" must be text, not the number 1.10')
  expect(misfit('n', n('5'))).toBeUndefined()
  expect(misfit('n', n('007'))).toBe('"n" must be a whole number, not the number 007')
  expect(misfit('n', n('10'))).toBe('"n" must be at most 9, not the number 10')
  expect(misfit('n', '5')).toBe('"n" must be a whole number, not "5"')
  expect(misfit('list', [n('1'), 'x'])).toBe('"list[1]" must be a whole number, not "x"')
  expect(misfit('list', [])).toBe('"list" must not be empty')
  expect(misfit('list', [n('1'), n('1')])).toBe('"list" must not have the same item twice')
  expect(misfit('map', { a: 'x' })).toBeUndefined()
  expect(misfit('map', { a: 'x', b: 'y' })).toBe('"map" has an unknown key "b" (known here: a)')
  expect(misfit('map', {})).toBe('"map" lacks "a"')
  expect(misfit('one', 'c')).toBe('"one" must be one of a, b, not "c"')
  expect(misfit('one', null)).toBe('"one" must be one of a, b, but there is no value')
})

test('a used file with problems is good for finding more of them', () => {
  write('play.yml', 'hosts: all\nsteps:\n  - { use: a.yml, with: { nope: 1 } }\n')
  write('a.yml', 'defaults: { tiemout: 5s }\nsteps: [{ run: a }]\n')
  expect(told()).toEqual([
    'play.yml:3:27 "a.yml" has no param "nope" [it takes none]',
    'a.yml:1:13 unknown key "tiemout" in "defaults" [did you mean "timeout"?]',
  ])
})

test('problems at the same line and column of two files are both told', () => {
  write('play.yml', 'hosts: all\nsteps:\n  - rnu: a\n  - use: a.yml\n')
  write('a.yml', 'name: A\nsteps:\n  - rnu: a\n')
  expect(told()).toEqual([
    'play.yml:3:5 unknown key "rnu" in a step [did you mean "run"?]',
    'a.yml:3:5 unknown key "rnu" in a step [did you mean "run"?]',
  ])
})
