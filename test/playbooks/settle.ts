import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { drover, endsOf, eventsOf, type Finished } from '../e2e/drover.ts'
import { workFolder, writeHosts } from '../e2e/work-folder.ts'
import type { TestServer } from '../sshd/server.ts'

/** Text that every careless shell line trips over. */
export const HOSTILE = ` -x 'a" $(touch pwned) \`touch pwned\` ; & \\ * é #`

export interface UseOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Local files beside the playbook. */
  readonly files?: Readonly<Record<string, string>>
}

/** Applies a playbook that does nothing but to use one file of the library on one host. */
export function useOnce(
  server: TestServer,
  name: string,
  params: Readonly<Record<string, unknown>>,
  options: UseOptions = {},
): Promise<Finished> {
  return applyUses(server, ['it'], { use: name, with: params }, options)
}

async function applyUses(
  server: TestServer,
  ids: readonly string[],
  use: object,
  { env, files = {} }: UseOptions,
): Promise<Finished> {
  const cwd = workFolder()
  for (const [file, content] of Object.entries(files)) writeFileSync(join(cwd, file), content)
  const steps = ids.map(id => ({ id, ...use, ...(env && { env }) }))
  const play = join(cwd, 'play.yml')
  // A value that holds an expression's opening is meant as text here.
  writeFileSync(
    play,
    JSON.stringify({ hosts: 'all', steps }).replaceAll('${{', () => '$${{'),
  )
  return drover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json'], { cwd })
}

/**
 * Uses a file of the library twice, one after the other: the second time nothing may change.
 * @returns the steps that changed something the first time
 */
export async function settle(
  server: TestServer,
  name: string,
  params: Readonly<Record<string, unknown>>,
  options: UseOptions = {},
): Promise<readonly string[]> {
  const finished = await applyUses(server, ['it', 'again'], { use: name, with: params }, options)
  expect(finished.status, told(finished)).toBe(0)
  const changed = changedSteps(finished)
  expect(changed.filter(step => step.startsWith('again.'))).toEqual([])
  return changed
}

/** What is said where a use of the library fails, or is refused before anything is sent. */
export async function refusal(
  server: TestServer,
  name: string,
  params: Readonly<Record<string, unknown>>,
  options: UseOptions = {},
): Promise<string> {
  const finished = await useOnce(server, name, params, options)
  expect([1, 3], told(finished)).toContain(finished.status)
  return told(finished)
}

/** The steps that ended `changed`, without the name of the use, in their order. */
export function changedSteps(finished: Finished): readonly string[] {
  return eventsOf(finished)
    .filter(({ event, outcome }) => event === 'node_finished' && outcome === 'changed')
    .map(({ step }) => `${step}`.replace(/^it\./, ''))
}

/** All that went wrong, for messages of tests. */
export function told(finished: Finished): string {
  const failures = Object.entries(endsOf(finished)).flatMap(([node, { failure }]) =>
    failure === undefined ? [] : `${node}: ${failure.message}`,
  )
  return [finished.stderr, ...failures].join('\n')
}
