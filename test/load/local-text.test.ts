import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLocalText } from '../../src/load/local-text.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-local-text-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function read(content: string | Buffer, limit = 1000) {
  writeFileSync(join(folder, 'a.tmpl'), content)
  return readLocalText(join(folder, 'a.tmpl'), 'files/a.tmpl', limit)
}

test('a text keeps its line ends, and tells the places of its characters', () => {
  const found = read('\ufeffone\r\ntwo ${{ x }}\r\nthree')
  if (found.kind !== 'text') throw new Error('unreadable')
  const { value, where, at } = found.text
  expect(value).toBe('one\r\ntwo ${{ x }}\r\nthree')
  expect(where).toMatchObject({ file: 'files/a.tmpl', line: 1, col: 1 })
  expect(at(value.indexOf('x'), 1)).toEqual({
    ...{ file: 'files/a.tmpl', line: 2, col: 9, length: 1 },
    source: 'two ${{ x }}',
  })
  expect(at(value.length, 0)).toMatchObject({ line: 3, col: 6 })
})

test('an empty file is an empty text', () => {
  const found = read('')
  expect(found.kind === 'text' && found.text.value).toBe('')
})

test.each([
  ['too large', 'x'.repeat(1001), 'files/a.tmpl is larger than 1000 bytes'],
  ['not UTF-8', Buffer.from([0x61, 0xff]), 'files/a.tmpl is not UTF-8'],
  ['binary', 'a\0b', 'files/a.tmpl holds a NUL character'],
])('a file that is %s is a problem', (_, content, message) => {
  const found = read(content)
  expect(found.kind === 'unreadable' && found.problem.message).toBe(message)
})

test('a file that is not there is a problem', () => {
  const found = readLocalText(join(folder, 'nope'), 'nope', 1000)
  expect(found.kind === 'unreadable' && found.problem.message).toBe('nope does not exist')
})
