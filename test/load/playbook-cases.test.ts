import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Problem } from '../../src/model/problem.ts'

/**
 * What loading tells of wrong playbooks, word for word. Each file of playbook-cases/ is a table: a playbook, or steps
 * of one, then `=>` lines with what is told; `--` stands between cases. DROVER_UPDATE_CASES=1 writes what is told now.
 */
const CASES = join(import.meta.dirname, 'playbook-cases')
/** What `use:` in the cases is relative to. */
const PROJECT = join(CASES, 'project')

const ROOT_KEY = /^(?:hosts|params|vars|semaphores|defaults|steps|name|description):/m

/** Steps alone get a playbook around them, of two lines. */
function playbookOf(input: string): string {
  return ROOT_KEY.test(input) ? input : `hosts: all\nsteps:\n${input}`
}

/** Where the project lies differs from machine to machine. */
const anywhere = (message: string) => message.replace(/(outside of the project) \(.*\)$/, '$1 (…)')

function tell({ where, code, message, hint }: Problem): string {
  const file = where?.file === 'play.yml' ? '' : `${where?.file}:`
  return `=> ${file}${where?.line}:${where?.col} ${code}: ${anywhere(message)}${hint === undefined ? '' : `\n   ${hint}`}`
}

function toldOf(input: string): string {
  const { problems } = parsePlaybook('play.yml', PROJECT, playbookOf(input))
  return problems.length === 0 ? '=> nothing' : problems.map(tell).join('\n')
}

const inputOf = (block: string) => block.slice(0, block.indexOf('=> '))

describe.each(readdirSync(CASES).filter(name => name.endsWith('.txt')))('%s', name => {
  const file = join(CASES, name)
  const blocks = readFileSync(file, 'utf8').split(/^--\n/m)
  if (process.env.DROVER_UPDATE_CASES === '1')
    writeFileSync(file, blocks.map(block => `${inputOf(block)}${toldOf(inputOf(block))}\n`).join('--\n'))

  test.each(blocks.map(block => [inputOf(block).trim(), block]))('%s', (_, block) => {
    expect(`${toldOf(inputOf(block))}\n`).toBe(block.slice(block.indexOf('=> ')))
  })
})
