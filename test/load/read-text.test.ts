import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readText, whereAt } from '../../src/load/read-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'drover-read-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: string | Uint8Array): string {
  const path = join(folder, `${Math.random()}`)
  writeFileSync(path, content)
  return path
}

const problemOf = (path: string, limit?: number) => {
  const read = readText(path, limit === undefined ? { shownAs: 'f' } : { shownAs: 'f', limit })
  return read.kind === 'unreadable' ? read.problem : undefined
}

test('a BOM goes, CRLF stays', () => {
  expect(readText(file('\ufeffa\r\nb'))).toMatchObject({ kind: 'text', text: 'a\r\nb' })
})

test('an empty file is read', () => {
  expect(readText(file(''))).toMatchObject({ kind: 'text', text: '' })
})

test('what cannot be read says why', () => {
  expect(problemOf(join(folder, 'nothing'))).toMatchObject({
    code: 'file_unreadable',
    message: 'f does not exist',
  })
  expect(problemOf(folder)).toMatchObject({ code: 'file_unreadable', message: 'f is a folder, not a file' })
  expect(problemOf(file('12345'), 4)).toMatchObject({ message: 'f is larger than 4 bytes' })
  expect(problemOf('/dev/zero')).toMatchObject({ message: 'f is not a regular file' })
  expect(problemOf('a\0b')).toMatchObject({ code: 'file_unreadable' })
})

test('what is not UTF-8 is shown at its place', () => {
  const latin1 = Buffer.concat([Buffer.from('ok\r\nname: J'), Buffer.from([0xfc]), Buffer.from('rgen\n')])
  expect(problemOf(file(latin1))).toMatchObject({
    code: 'file_encoding',
    where: { file: 'f', line: 2, col: 8 },
  })
  expect(problemOf(file('a\nb\0c'))).toMatchObject({ code: 'file_encoding', where: { line: 2, col: 2 } })
  expect(problemOf(file(Buffer.from('\ufeffhosts', 'utf16le')))).toMatchObject({
    message: 'f is UTF-16, not UTF-8',
  })
})

test('an offset becomes a line and a column, whatever ends the lines', () => {
  expect(whereAt('f', 'one\r\ntwo\rthree\nfour', 13)).toEqual({
    file: 'f',
    line: 3,
    col: 5,
    length: 1,
    source: 'three',
  })
})
