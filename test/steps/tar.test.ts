import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteSource } from '../../src/steps/byte-source.ts'
import { tarEntries } from '../../src/steps/get/tar-reader.ts'
import { TAR_END, tarHeader, tarPadding } from '../../src/steps/put/tar-writer.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()

/** All entries, and the contents of the files among them. */
async function readTar(bytes: Buffer): Promise<string[]> {
  const source = createByteSource()
  void source.push(bytes)
  source.end()
  const found: string[] = []
  for await (const entry of tarEntries(source, 100)) {
    const content = entry.kind === 'file' ? await source.exactly(entry.size) : undefined
    found.push(content === undefined ? entry.kind : content.toString('latin1').slice(0, 20))
  }
  return found
}

test.each(['v7', 'oldgnu', 'gnu', 'ustar', 'pax'])('reads what GNU tar writes as %s', async format => {
  const names = ['empty', 'small', 'block', 'x'.repeat(90), 'last']
  const sizes = [0, 5, 512, 700, 3000]
  for (const [i, name] of names.entries())
    writeFileSync(join(temp.path, name), Buffer.alloc(sizes[i] ?? 0, name))
  linkSync(join(temp.path, 'small'), join(temp.path, 'hard'))
  symlinkSync('small', join(temp.path, 'soft'))
  mkdirSync(join(temp.path, 'folder'))
  const all = [...names, 'hard', 'soft', 'folder']
  const bytes = execFileSync('tar', [`--format=${format}`, '-cf', '-', '--', ...all], { cwd: temp.path })
  const contents = names.map((name, i) => name.repeat(300).slice(0, Math.min(20, sizes[i] ?? 0)))
  expect(await readTar(bytes)).toEqual([...contents, 'link'])
})

test('GNU tar unpacks what is written, whatever the names', () => {
  const name = fc
    .uint8Array({ minLength: 1, maxLength: 100 })
    .map(bytes =>
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/[/\0\x80-\xff]/g, '_'),
    )
    .filter(text => !['.', '..'].includes(text))
  const property = fc.property(name, fc.uint8Array({ maxLength: 1500 }), (file, content) => {
    const archive = [tarHeader('c0/1', file, content.length), content, tarPadding(content.length), TAR_END]
    execFileSync('tar', ['-xmof', '-'], { cwd: temp.path, input: Buffer.concat(archive) })
    expect(readFileSync(join(temp.path, 'c0/1', file)).equals(content)).toBe(true)
  })
  fc.assert(property, { numRuns: 20 })
})

test('sizes beyond octal digits survive', async () => {
  const header = tarHeader('', 'huge', 20 * 2 ** 30)
  const source = createByteSource()
  void source.push(header)
  source.end()
  expect((await tarEntries(source, 100).next()).value).toEqual({ kind: 'file', size: 20 * 2 ** 30 })
})

test('a header that was tampered with is noticed', async () => {
  const header = tarHeader('', 'f', 5)
  header[124] = 0x37
  expect(await readTar(header)).toEqual(['broken'])
})
