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
export async function useOnce(
  server: TestServer,
  name: string,
  params: Readonly<Record<string, unknown>>,
  { env, files = {} }: UseOptions = {},
): Promise<Finished> {
  const cwd = workFolder()
  for (const [file, content] of Object.entries(files)) writeFileSync(join(cwd, file), content)
  const step = { id: 'it', use: name, with: params, ...(env && { env }) }
  const play = join(cwd, 'play.yml')
  // A value that holds an expression's opening is meant as text here.
  writeFileSync(
    play,
    JSON.stringify({ hosts: 'all', steps: [step] }).replaceAll('${{', () => '$${{'),
  )
  return drover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json'], { cwd })
}

/**
 * Uses a file of the library twice: the second time nothing may change.
 * @returns the steps that changed something the first time
 */
export async function settle(
  server: TestServer,
  name: string,
  params: Readonly<Record<string, unknown>>,
  options: UseOptions = {},
): Promise<readonly string[]> {
  const first = await useOnce(server, name, params, options)
  expect(first.status, told(first)).toBe(0)
  const second = await useOnce(server, name, params, options)
  expect(second.status, told(second)).toBe(0)
  expect(changedSteps(second)).toEqual([])
  return changedSteps(first)
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
