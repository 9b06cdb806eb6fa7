import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { staysBelow } from '../../src/compile/local-paths.ts'
import { problemsOf } from './compiled.ts'

// Which local files leave this machine, and where those of hosts land, is never for a host to choose.

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-local-paths-'))
  writeFileSync(
    join(folder, 'take.yml'),
    `params: { src: { type: string, format: path, default: a.txt }, dest: { type: string, default: got } }
steps:
  - put: { src: "\${{ params.src }}", dest: /x }
  - get: { src: /x, dest: "\${{ params.dest }}" }
`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

const told = (step: string) =>
  problemsOf(
    `hosts: all
vars: { d: files, f: "files/\${{ facts.arch }}" }
steps:
  - { id: a, run: "true" }
  - ${step}
`,
    { folder },
  )

describe('a local path that begins with what only the run knows is refused', () => {
  test.each([
    ['{ put: { src: "${{ steps.a.stdout }}", dest: /x } }', '5:24'],
    ['{ put: { src: "${{ steps.a.stdout }}/files/a", dest: /x } }', '5:24'],
    ['{ put: { src: "./${{ steps.a.stdout }}", dest: /x } }', '5:26'],
    ['{ put: { src: "../${{ steps.a.stdout }}", dest: /x } }', '5:27'],
    ['{ put: { src: "/${{ steps.a.stdout }}", dest: /x } }', '5:25'],
    ['{ put: { src: "${{ vars.f }}", dest: /x } }', '5:24'],
    ['{ put: { src: "${{ \'files/\' + facts.arch }}", dest: /x } }', '5:24'],
    ['{ get: { src: /x, dest: "${{ steps.a.stdout }}" } }', '5:34'],
    ['{ get: { src: /x, dest: "${{ steps.a.json.folder }}/x" } }', '5:34'],
    ['{ use: ./take.yml, with: { src: "${{ steps.a.stdout }}" } }', '5:42'],
    ['{ use: ./take.yml, with: { dest: "${{ steps.a.stdout }}/x" } }', '5:43'],
  ])('%s', (step, place) => {
    const problems = told(step)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`${place} `)
    expect(problems[0]).toContain('begins with what only the run can know')
  })
})

describe('one with a beginning is not', () => {
  test.each([
    '{ put: { src: "files/${{ steps.a.stdout }}", dest: /x } }',
    '{ put: { src: "app-${{ facts.arch }}.tgz", dest: /x } }',
    '{ put: { src: "${{ vars.d }}/${{ facts.arch }}", dest: /x } }',
    '{ put: { src: "${{ host.name }}/${{ facts.arch }}", dest: /x } }',
    '{ get: { src: "/x/${{ steps.a.stdout }}", dest: "got/${{ steps.a.stdout }}" } }',
    '{ get: { src: "${{ steps.a.stdout }}", dest: got } }',
    '{ put: { content: "${{ steps.a.stdout }}", dest: "${{ steps.a.stdout }}" } }',
    '{ use: ./take.yml, with: { src: "files/${{ steps.a.stdout }}", dest: "got/${{ steps.a.stdout }}" } }',
  ])('%s', step => {
    expect(told(step)).toEqual([])
  })
})

test('what a host says leads nowhere but below the beginning', () => {
  const piece = fc.constantFrom('a', '..', '.', '/', '//', '*', ' ', '~', 'files', '\n')
  const beginning = fc.constantFrom(
    'files/',
    'files/a',
    'app-',
    './files/',
    '../up/x',
    '/srv/files/',
    'files/../b-',
  )
  fc.assert(
    fc.property(beginning, fc.array(piece, { maxLength: 8 }), (known, pieces) => {
      const path = join('/play', 'sub')
      const late = pieces.join('')
      const whole = join(known.startsWith('/') ? '/' : path, known + late).replace(/(?<=.)\/$/, '')
      const root = join(known.startsWith('/') ? '/' : path, known)
      if (staysBelow(whole, known, path)) expect(whole.startsWith(root)).toBe(true)
      else expect(late === '' || /(^|\/)\.{0,2}(\/|$)/.test(late) || /\.\./.test(late)).toBe(true)
    }),
  )
})

test.each(['', '.', './', '../', '/', '../..'])('"%s" is no beginning', beginning => {
  expect(staysBelow('/play/x/y', beginning, '/play/x')).toBe(false)
})
