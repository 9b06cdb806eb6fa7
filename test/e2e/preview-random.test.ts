import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, type Finished } from './drover.ts'
import { HOSTS, LOCAL, nodesOf, type RandomCase, randomCase } from './random-host-playbook.ts'
import { snapshot } from './snapshot.ts'
import { type TracedHost, tracedHost } from './traced-host.ts'
import { previewOf } from './verdicts.ts'
import { workFolder, writeHosts } from './work-folder.ts'

/** How many random playbooks; a nightly run may ask for more. */
const MORE = process.env.DROVER_PREVIEW_RUNS
const RUNS = Number(MORE ?? 20)

describeWith(['root', 'sshd', 'sudo', 'strace'], 'previews of random playbooks', () => {
  let server: TestServer
  let trace: TracedHost
  beforeAll(async () => {
    trace = tracedHost()
    server = await startSshd({ account: {}, trace: trace.folder })
    setSudoers(server.user, [`${server.user} ALL=(ALL) NOPASSWD: ALL`])
  })
  afterAll(async () => {
    await server.stop()
    trace.remove()
  })

  const folderOf = (host: string) => join(server.home, host)

  function plant(trees: RandomCase['trees']): void {
    for (const [index, tree] of trees.entries()) {
      const folder = folderOf(HOSTS[index] ?? '')
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      for (const [path, content] of Object.entries(tree)) plantOne(join(folder, path), content)
    }
    execFileSync('chown', ['-hR', `${server.user}:`, server.home])
  }

  /** What is in the way already, stays. */
  function plantOne(path: string, content: string): void {
    try {
      mkdirSync(path.endsWith('/') ? path : dirname(path), { recursive: true })
      if (content.startsWith('-> ')) symlinkSync(content.slice(3), path)
      else if (!path.endsWith('/')) writeFileSync(path, content)
    } catch {}
  }

  function local(steps: RandomCase['steps']): { readonly cwd: string; readonly args: readonly string[] } {
    const cwd = workFolder()
    for (const [path, content] of Object.entries(LOCAL)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true })
      writeFileSync(join(cwd, path), content)
    }
    const play = join(cwd, 'play.yml')
    writeFileSync(play, JSON.stringify({ hosts: 'all', steps }))
    const options = writeHosts(cwd, Object.fromEntries(HOSTS.map(name => [name, server])))
    mkdirSync(join(cwd, 'host_vars'))
    for (const name of HOSTS)
      appendFileSync(join(cwd, 'host_vars', `${name}.yml`), `dir: ${folderOf(name)}\n`)
    return { cwd, args: [play, ...options] }
  }

  test(
    `change nothing, here and there, and have a verdict on every node (${RUNS} of them)`,
    async () => {
      let known = 0
      let all = 0
      await fc.assert(
        fc.asyncProperty(randomCase, async ({ steps, trees }) => {
          plant(trees)
          const { cwd, args } = local(steps)
          const before = snapshot(cwd, server.home)
          let finished: Finished | undefined
          const { changes } = await trace.during(server, async () => {
            finished = await drover(['plan', ...args, '--format', 'json'], { cwd })
          })
          expect(snapshot(cwd, server.home)).toEqual(before)
          expect(changes).toEqual([])
          expect([0, 1], finished?.stderr).toContain(finished?.status)
          const { counts, steps: shown } = previewOf(finished as Finished)
          const { change = 0, unchanged = 0, skipped = 0, unknown = 0, failing = 0 } = counts
          const nodes = steps.reduce((sum, step) => sum + nodesOf(step), 0)
          expect(change + unchanged + skipped + unknown).toBe(nodes)
          expect(shown.flatMap(({ groups }) => groups.flatMap(({ hosts }) => hosts)).length).toBe(nodes)
          expect(finished?.status).toBe(failing > 0 ? 1 : 0)
          known += nodes - unknown + failing
          all += nodes
        }),
        MORE === undefined ? { numRuns: RUNS, seed: 1 } : { numRuns: RUNS },
      )
      // A preview that calls everything unknown would change nothing either.
      expect(known / all).toBeGreaterThan(0.3)
    },
    20_000 + RUNS * 10_000,
  )
})
