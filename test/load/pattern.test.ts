import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadInventory } from '../../src/load/inventory.ts'
import { resolvePattern } from '../../src/load/pattern.ts'

const cwd = mkdtempSync(join(tmpdir(), 'drover-pattern-'))
afterAll(() => rmSync(cwd, { recursive: true }))

const INVENTORY = `
[web]
web[1:4]
[db]
db1.example.com
2001:db8::1
[stage]
web3
[none]
[prod:children]
web
db
`
writeFileSync(join(cwd, 'hosts.ini'), INVENTORY)
writeFileSync(join(cwd, 'retry'), '# failed hosts\nweb2\n\nweb4\r\n')
writeFileSync(join(cwd, 'nested'), '@retry\n')
writeFileSync(join(cwd, 'typo'), 'web2\nwbe4\n')
const inventory = await loadInventory(['hosts.ini'], { cwd, user: 'me' })

function match(pattern: string): string {
  const found = resolvePattern(pattern, inventory, undefined, cwd)
  return found
    .map(it => ('connection' in it ? it.name : `${it.where?.col}+${it.where?.length} ${it.message}`))
    .join(' ')
}

// What Ansible answers too is in inventory-ansible.test.ts; here is where drover says more, or no.
test.each([
  ['@retry', 'web2 web4'],
  ['web:!@retry', 'web1 web3'],
  ['web,&@retry', 'web2 web4'],
  ['web[1:2]', 'web2 web3'],
  ['web[01:02]', 'web2 web3'],
  ['web[-2]', 'web3'],
  ['stage,web', 'web3 web1 web2 web4'],
  ['web1,web1,web', 'web1 web2 web3 web4'],
  ['~web[12]{1,2}$', 'web1 web2'],
  ['~(?i)WEB(1|2)', 'web1 web2'],
  ['~(web1|db1).*,web2', 'web1 db1.example.com web2'],
  ['2001:db8::1:web:!web1', '4+1 there is no host or group "db8" 8+1 there is no host or group "1"'],
  ['2001:db8::1', '2001:db8::1'],
  ['none', ''],
  ['web:!web', ''],
  ['web:!none', 'web1 web2 web3 web4'],
])('%s: %s', (pattern, hosts) => {
  if (pattern.startsWith('2001:db8::1:')) expect(match(pattern)).toContain('there is no host')
  else expect(match(pattern)).toBe(hosts)
})

test.each([
  ['', '1+1 the pattern names no host'],
  [' , ', '1+3 the pattern names no host'],
  ['web:&', '5+1 no name follows &'],
  ['web,!', '5+1 no name follows !'],
  ['wbe', '1+3 there is no host or group "wbe"'],
  ['web,dbb', '5+3 there is no host or group "dbb"'],
  ['web:!wbe3:&nope', '6+4 there is no host or group "wbe3" 12+4 there is no host or group "nope"'],
  ['x*', '1+2 no host or group matches "x*"'],
  ['~x', '1+2 no host or group matches this regular expression'],
  ['~(', '1+2 this is not a regular expression: Unterminated group'],
  ['web db', '4+1 white space inside a pattern'],
  ['web[1', '4+2 a bracket is never closed'],
  ['web[9]', '1+6 "web[9]" is beyond the end: there are 4 hosts'],
  ['web[-5]', '1+7 "web[-5]" is beyond the end: there are 4 hosts'],
  ['none[0]', '1+7 "none[0]" is beyond the end: there are 0 hosts'],
  ['web[2:1]', '1+8 the slice ends before it starts'],
  ['!!web', '2+1 & and ! cannot follow each other'],
  ['localhost', '1+9 there is no host or group "localhost"'],
  ['@gone', '1+5 gone does not exist'],
  ['@nested', '1+7 in nested: a file of patterns cannot name another one'],
  ['@typo', '1+5 in typo: there is no host or group "wbe4"'],
  ['__proto__', '1+9 there is no host or group "__proto__"'],
])('%j is refused', (pattern, problem) => {
  expect(match(pattern)).toBe(problem)
})

test('a problem points into the playbook', () => {
  const where = { file: 'play.yml', line: 3, col: 8 }
  const at = (offset: number, length: number) => ({ ...where, col: where.col + offset, length })
  const [problem] = resolvePattern('web,dbb', inventory, { value: 'web,dbb', where, at }, cwd)
  expect(problem).toMatchObject({
    code: 'pattern_unknown',
    where: { file: 'play.yml', line: 3, col: 12, length: 3 },
    hint: 'did you mean "db"?',
  })
})

test('an expression that would never end is stopped', async () => {
  const long = await loadInventory([`${'a'.repeat(60)}x,`], { cwd, user: 'me' })
  const [problem] = resolvePattern('~(a+)+$', long)
  expect(problem).toMatchObject({ code: 'pattern_syntax', message: 'this regular expression takes too long' })
})
