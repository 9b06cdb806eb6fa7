import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'

interface Property {
  readonly type?: string | readonly string[]
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
}

const schema = JSON.parse(
  readFileSync(new URL('../../schema/playbook.schema.json', import.meta.url), 'utf8'),
) as {
  readonly definitions: { readonly step: { readonly properties: Readonly<Record<string, Property>> } }
}
const { properties } = schema.definitions.step

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true })
ajv.addKeyword('errorMessage')
const validate = ajv.compile(schema)

const KINDS = ['run', 'put', 'get', 'assert', 'pause', 'use', 'steps']

function exampleOf(key: string): unknown {
  if (key === 'steps') return [{ run: 'true' }]
  if (key === 'use') return 'package'
  if (key === 'with') return { name: 'curl' }
  const { type, examples, enum: words } = properties[key] ?? {}
  return examples?.[0] ?? words?.[0] ?? (type === 'boolean' ? true : 'x')
}

/** What drover tells of the key, apart from what only files show: semaphores and params that are not declared. */
function toldOf(playbook: unknown): readonly string[] {
  const { problems } = parsePlaybook('play.yml', '/nowhere', JSON.stringify(playbook))
  return problems
    .map(({ message }) => message)
    .filter(message => !/no semaphore|needs the param|has no param/.test(message))
}

describe.each(KINDS)('what goes with "%s" is the same for editors and for drover', kind => {
  const others = Object.keys(properties).filter(key => !KINDS.includes(key))
  test.each(others)('%s', key => {
    const step = {
      [kind]: exampleOf(kind),
      [key]: exampleOf(key),
      ...(key === 'parallel' ? { for_each: ['a'] } : {}),
    }
    const playbook = { hosts: 'all', steps: [step] }
    const told = toldOf(playbook)
    expect(validate(playbook), told.join('\n')).toBe(told.length === 0)
    if (told.length > 0)
      expect(told).toEqual([expect.stringMatching(new RegExp(`^"${key}" is (?:only|not) for `))])
  })
})

test('editors offer what the library has', () => {
  const names = readdirSync(new URL('../../playbooks/lib', import.meta.url)).map(name =>
    name.replace('.yml', ''),
  )
  expect(properties.use?.examples).toEqual([...names.toSorted(), 'lib/nginx.yml'])
})
