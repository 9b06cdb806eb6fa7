import { spawnSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { readPlan } from '../../src/plan/read-plan.ts'
import { savePlan } from '../../src/plan/save-plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { planOf } from '../engine/plans.ts'
import { documentOf, previewFrom } from './previews.ts'

const SEALED = sealPlan(documentOf(previewFrom(planOf(1, [{ targets: [0] }]), () => undefined)), text => text)

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-plan-'))
  file = join(folder, 'p.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('saving a plan', () => {
  test('leaves one file, for its owner only, that reads back', () => {
    expect(savePlan(file, 'p.json', SEALED)).toBeUndefined()
    expect(readdirSync(folder)).toEqual(['p.json'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readPlan(file, 'p.json').checksum).toBe(SEALED.checksum)
  })

  test('replaces an older one, whoever could read that', () => {
    writeFileSync(file, 'old', { mode: 0o644 })
    expect(savePlan(file, 'p.json', SEALED)).toBeUndefined()
    expect(readFileSync(file, 'utf8')).toBe(SEALED.text)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('where it cannot be, nothing is left', () => {
    expect(savePlan(join(folder, 'gone/p.json'), 'gone/p.json', SEALED)).toMatchObject({
      code: 'plan_file',
      message: 'gone/p.json cannot be written (ENOENT)',
    })
    mkdirSync(file)
    expect(savePlan(file, 'p.json', SEALED)).toMatchObject({ code: 'plan_file' })
    expect(readdirSync(folder)).toEqual(['p.json'])
  })

  test('does not take the place of a pipe or device, nor through a link', () => {
    const pipe = join(folder, 'pipe')
    spawnSync('mkfifo', [pipe])
    symlinkSync('pipe', file)
    for (const path of [pipe, file])
      expect(savePlan(path, 'p.json', SEALED)?.message).toBe(
        'p.json cannot be written (it is not a regular file)',
      )
    expect(lstatSync(pipe).isFIFO()).toBe(true)
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
  })

  test('takes the place of a link to a file, and leaves that alone', () => {
    writeFileSync(join(folder, 'other'), 'old')
    symlinkSync('other', file)
    expect(savePlan(file, 'p.json', SEALED)).toBeUndefined()
    expect(lstatSync(file).isFile()).toBe(true)
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('old')
  })

  test('has a limit that says how to stay below', () => {
    const large = { ...SEALED, text: 'x'.repeat(LIMITS.planFileBytes + 1) }
    expect(savePlan(file, 'p.json', large)?.hint).toContain('--limit')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('reading a plan', () => {
  function refusal(): string {
    try {
      readPlan(file, 'p.json')
    } catch (error) {
      if (error instanceof ProblemsError) return error.problems.map(p => `${p.code}: ${p.message}`).join('\n')
      throw error
    }
    return 'it was read'
  }

  test.each<[string, () => void, string]>([
    ['nothing there', () => {}, 'file_unreadable: p.json: there is no such file'],
    ['a folder', () => mkdirSync(file), 'plan_file: p.json: it is not a regular file'],
    ['a pipe', () => void spawnSync('mkfifo', [file]), 'plan_file: p.json: it is not a regular file'],
    ['nothing in it', () => writeFileSync(file, ''), 'plan_file: p.json: it is no plan file'],
  ])('%s', (_, make, expected) => {
    make()
    expect(refusal()).toBe(expected)
  })

  test('more than any plan is', () => {
    writeFileSync(file, '')
    truncateSync(file, LIMITS.planFileBytes + 1)
    expect(refusal()).toMatch(/^plan_file: p\.json: it is larger than /)
  })
})
