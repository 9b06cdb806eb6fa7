import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS } from '../../src/model/errors.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** All text in a folder, but for the table of the codes and this test. */
function textIn(folder: string): string {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(?:ts|txt)$/.test(entry.name) && !/^errors\./.test(entry.name))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('\n')
}

const [src, tests] = [textIn('src'), textIn('test')]
const isIn = (text: string, code: string) => new RegExp(`\\b${code}\\b`).test(text)

test('every code is given somewhere, and some test expects it', () => {
  const codes = Object.keys(ERRORS)
  expect(codes.filter(code => !src.includes(`'${code}'`))).toEqual([])
  expect(codes.filter(code => !isIn(tests, code))).toEqual([])
})
