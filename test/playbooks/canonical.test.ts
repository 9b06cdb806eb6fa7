import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { formatPlaybook } from '../../src/load/format.ts'

const PLAYBOOKS = resolve(import.meta.dirname, '../../playbooks')
const FILES = readdirSync(PLAYBOOKS, { recursive: true, encoding: 'utf8' }).filter(name =>
  /\.ya?ml$/.test(name),
)

test.each(FILES)('drover fmt leaves playbooks/%s as it is', file => {
  const text = readFileSync(join(PLAYBOOKS, file), 'utf8')
  expect(formatPlaybook(file, text)).toEqual({ text, problems: [] })
})
