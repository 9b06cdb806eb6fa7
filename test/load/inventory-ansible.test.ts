import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { splitHostLine } from '../../src/load/inventory/host-line.ts'
import { loadInventory } from '../../src/load/inventory.ts'
import { resolvePattern } from '../../src/load/pattern.ts'
import { inventoryJson } from '../../src/render/inventory/json.ts'
import { askAnsible, findAnsible } from './ansible.ts'

// Ansible itself is the judge of everything here: hosts, groups, ancestry and order exactly, scalars as text.

const python = findAnsible()
const FOLDER = resolve(import.meta.dirname, '../inventories')
/** Inventories by the name that `-i` gets; folders with one `hosts.ini` are there for their vars files. */
const INVENTORIES = readdirSync(FOLDER)
  .filter(name => name !== 'configparser')
  .map(name => (name === 'with-vars' ? join(name, 'hosts.ini') : name))
  .sort()

type Listing = {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
}

const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  'web-and-db.ini': [
    ...[
      'all',
      '*',
      'web',
      'web,db',
      'web:db',
      'db,web',
      'web1',
      'web2,web1',
      'all:!web',
      '!web',
      '!db1:web:db',
    ],
    ...[
      'web:&db',
      'all:&web:!web2',
      'w*',
      '*1',
      'web?',

      '[dw]*',
      '[!w]*',
      'web[0]',
      'web[-1]',
      'web[0:0]',
    ],
    ...[
      'web[0:1]',
      'web[1:]',
      'all[1:2]',
      'all[2:9]',
      'd*[0]',
      '~web',
      '~(web|db)[12]',
      '~.*1',
      '~w.*,db1',
      ' web , db ',
    ],
  ],
  'diamond.ini': ['all', 'top', 'left', 'left,right', 'b2,b1', 'bottom[0]', 'top:!b1', '~b', 'left:&right'],
  'odd-names.ini': [
    'all',
    'us-east-1',
    'v1.2',
    '1st',
    'web.1',
    '*.*',
    'constructor',
    'toString',
    'ungrouped',
  ],
  'ipv6.ini': ['all', '2001:db8::1', '::1', 'v6', 'v6[0:1]', '2001:db8::1,v6'],
  'all-and-ungrouped.ini': ['all', 'ungrouped', 'web', 'all[0]', 'h*', 'web,all'],
  'children-first.ini': ['all', 'backend', 'production[-1]', 'frontend,backend'],
  folder: ['all', 'prod', 'w1,d1'],
}

const LINES = [
  ...[
    'h1',
    'h1 a=1 b=2',
    'h1 a="x y" b=\'z w\'',
    'h1 a=x#y b=1',
    'h1 "a=1"# c',
    'h1 # a=1',
    'h1 a="\\q\\"\\\\"',
    'h1 a=\\ x',
  ],
  ...[
    "h1 a='it\\'s'",
    'h1 a="open',
    "h1 a='open",
    'h1 a=b\\',
    '"" x',
    "''",
    'a"b"c\'d\'e',
    'h\t1\tx',
    'h1 a=\u00a0b',
    'h1 a=;b ;c',
  ],
]

describe.skipIf(python === undefined)('as Ansible reads it', () => {
  const answer =
    python === undefined
      ? { lists: [], patterns: {}, words: [] }
      : askAnsible(python, {
          lists: INVENTORIES.map(name => join(FOLDER, name)),
          patterns: Object.fromEntries(
            Object.entries(PATTERNS).map(([name, list]) => [join(FOLDER, name), list]),
          ),
          words: LINES,
        })

  test.each(INVENTORIES)('%s', async name => {
    const inventory = await loadInventory([name], { cwd: FOLDER, user: 'me', home: '/home/me' })
    const { _meta: ours, ...groups } = JSON.parse(
      inventoryJson(inventory, [...inventory.hosts.values()]),
    ) as Listing
    const { _meta: theirs, ...expected } = answer.lists[INVENTORIES.indexOf(name)] as Listing
    expect(groups).toEqual(expected)
    expect(Object.keys(ours.hostvars)).toEqual(Object.keys(theirs.hostvars))
    for (const [host, vars] of Object.entries(theirs.hostvars)) {
      expect(Object.keys(ours.hostvars[host] ?? {}), host).toEqual(Object.keys(vars))
      for (const [key, value] of Object.entries(vars)) {
        const mine = ours.hostvars[host]?.[key]
        if (mine !== '***') expect(comparable(mine, value), `${host} ${key}`).toEqual(value)
      }
    }
  })

  const cases = Object.entries(PATTERNS).flatMap(([name, list]) =>
    list.map(pattern => [name, pattern] as const),
  )
  test.each(cases)('%s: pattern %j', async (name, pattern) => {
    const inventory = await loadInventory([name], { cwd: FOLDER, user: 'me' })
    const found = resolvePattern(pattern, inventory, undefined, FOLDER)
    expect(found.map(host => ('name' in host ? host.name : host.message))).toEqual(
      answer.patterns[join(FOLDER, name)]?.[pattern],
    )
  })

  test.each(LINES)('words of %j', line => {
    const split = splitHostLine(line)
    const words = 'code' in split ? null : split.words.map(word => word.text)
    expect(words).toEqual(answer.words[LINES.indexOf(line)])
  })
})

/**
 * Ansible gives values types, drover leaves INI values as text. `value` as it is compared with `theirs`; a list or
 * mapping that drover has as a text is one that only Ansible evaluated.
 */
function comparable(value: unknown, theirs: unknown): unknown {
  if (theirs === null) return value === 'None' ? null : value
  if (typeof theirs === 'boolean') return String(value).toLowerCase() === 'true'
  if (typeof theirs === 'number') return numberOf(String(value).replaceAll('_', ''))
  if (typeof theirs === 'object' && typeof value === 'string') return theirs
  if (Array.isArray(theirs) && Array.isArray(value))
    return value.map((item, at) => comparable(item, theirs[at]))
  return value
}

/** YAML 1.1 and Python read `0644` as octal. */
function numberOf(text: string): number {
  return /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text)
}
