import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestServer } from '../sshd/server.ts'
import { drover, type Finished } from './drover.ts'
import { type E2eHost, workFolder, writeHosts } from './work-folder.ts'

/** A project in a folder of its own, in which plans are made and applied. */
export interface Project {
  readonly folder: string
  write(file: string, text: string): void
  /** `drover plan play.yml --out p.json …`; throws unless that is saved. */
  plan(...more: readonly string[]): Promise<Finished>
  /** `drover apply p.json …`, an event a line. */
  apply(...more: readonly string[]): Promise<Finished>
  run(verb: string, ...args: readonly string[]): Promise<Finished>
}

/** @param steps of `play.yml`, or the whole of it */
export function project(
  hosts: Readonly<Record<string, E2eHost>>,
  steps: string,
  env: Readonly<Record<string, string>> = {},
): Project {
  const folder = workFolder()
  const known = writeHosts(folder, hosts).slice(2)
  const write = (file: string, text: string) => {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  write('play.yml', steps.startsWith('hosts:') ? steps : `hosts: all\nsteps:\n${steps}`)
  const run = (verb: string, ...args: readonly string[]) =>
    drover([verb, ...args, ...(verb === 'show' ? [] : known)], { cwd: folder, env })
  return {
    ...{ folder, write, run },
    plan: async (...more) => {
      const made = await run('plan', 'play.yml', '--out', 'p.json', ...more)
      if (!made.stderr.includes('Saved.')) throw new Error(made.stdout + made.stderr)
      return made
    },
    apply: (...more) => run('apply', 'p.json', '--format', 'json', ...more),
  }
}

/** How many connections the server has seen so far. */
export function connectionsSeen(server: TestServer): number {
  return server.log().split('Connection from').length - 1
}
