import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { type LocalFolder, openLocalFolder } from '../../src/steps/put/local-folder.ts'
import { RealFolders } from '../../src/steps/put/real-folders.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()

async function write(local: LocalFolder, path: string, text: string): Promise<unknown> {
  const arriving = await local.receive()
  if ('code' in arriving) return arriving
  await arriving.write(Buffer.from(text))
  const landed = await arriving.land(path)
  await arriving.drop()
  return landed
}

/** The folder of a host, and one elsewhere, which nothing may reach. */
function places() {
  const [root, outside] = [join(temp.path, 'dest/web1'), join(temp.path, 'outside')]
  mkdirSync(outside)
  return { root, outside, local: openLocalFolder(root) }
}

test('a link that takes the place of a folder while files arrive leads none of them away', async () => {
  const { root, outside, local } = places()
  expect(await write(local, 'app/sub/first', '1')).toBe('written')
  renameSync(join(root, 'app'), join(root, 'moved'))
  symlinkSync(outside, join(root, 'app'))
  await write(local, 'app/sub/second', '2')
  await write(local, 'other/third', '3')
  await write(local, 'app/fourth', '4')
  await write(local, 'app/sub/fifth', '5')
  await local.makeFolder('app/made')
  await local.close()
  expect(readdirSync(outside)).toEqual([])
})

test('a link in place of the root, before and after, leads nothing away', async () => {
  const { root, outside, local } = places()
  await write(local, 'first', '1')
  renameSync(root, join(temp.path, 'moved'))
  symlinkSync(outside, root)
  await write(local, 'second', '2')
  await local.close()
  const again = openLocalFolder(root)
  expect(await write(again, 'third', '3')).toMatchObject({ code: 'local_file' })
  await again.close()
  expect(readdirSync(outside)).toEqual([])
})

test('somebody who swaps a folder for a link all the time leads nothing away', async () => {
  const { root, outside, local } = places()
  const swap = () => {
    try {
      rmSync(join(root, 'app'), { recursive: true, force: true })
      symlinkSync(outside, join(root, 'app'))
      rmSync(join(root, 'app'))
    } catch {
      // The other side was faster.
    }
  }
  const swapping = setInterval(swap, 0)
  for (let at = 0; at < 200; at++) await write(local, `app/${at % 7}/${at}`, 'x')
  clearInterval(swapping)
  await local.close()
  expect(readdirSync(outside)).toEqual([])
})

test('a pipe in place of a file that landed is not waited for', async () => {
  const { root, local } = places()
  expect(await write(local, 'f', 'text')).toBe('written')
  rmSync(join(root, 'f'))
  symlinkSync('/proc/self/fd/0', join(root, 'f'))
  const copy = await local.copy('f')
  expect(copy).toMatchObject({ code: 'local_file' })
  await local.close()
})

test('folders deeper than are kept open are reached all the same, and nothing stays open', async () => {
  const { root, local } = places()
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()
  const deep = Array.from({ length: LIMITS.getDepth - 1 }, (_, at) => `d${at % 3}`)
  expect(await write(local, [...deep, 'one'].join('/'), '1')).toBe('written')
  expect(await write(local, [...deep, 'two'].join('/'), '2')).toBe('written')
  expect(await write(local, [...deep.slice(0, 9), 'x', ...deep.slice(10, 20), 'three'].join('/'), '3')).toBe(
    'written',
  )
  expect(open() - before).toBeLessThan(20)
  await local.close()
  expect(open()).toBeLessThanOrEqual(before)
  expect(readFileSync(join(root, ...deep, 'two'), 'utf8')).toBe('2')
  expect(existsSync(join(root, ...deep.slice(0, 9), 'x', ...deep.slice(10, 20), 'three'))).toBe(true)
})

test('what lies there already and is another name of a file that came is told', async () => {
  const { root, local } = places()
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'a'), 'old')
  expect(await write(local, 'a', 'new')).toBe('written')
  expect(await write(local, 'a', 'newer')).toMatchObject({ code: 'remote_name' })
  await local.close()
})

test('folders in names are counted too', async () => {
  const folders = new RealFolders(join(temp.path, 'root'), 10)
  expect(typeof (await folders.enter('a/b/c/d/e'.split('/')))).toBe('string')
  expect(await folders.enter('f/g/h/i/j/k'.split('/'))).toMatchObject({ code: 'remote_file' })
  await folders.close()
})
