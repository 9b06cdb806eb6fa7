import { expect, test } from 'vitest'
import { inventoryOf, planOf } from '../compile/compiled.ts'
import { previewOn, verdictsOf } from './memory-fleet.ts'
import { MemoryHost } from './memory-host.ts'

async function previewed(steps: string, files: Readonly<Record<string, string>> = {}) {
  const host = new MemoryHost()
  for (const [path, text] of Object.entries(files)) host.files.set(path, text)
  const text = `name: t\nhosts: all\nvars: { dir: /d }\nsteps:\n${steps}`
  return (await previewOn(planOf(text, { inventory: inventoryOf({ h0: {} }) }), [host])).preview
}

const verdicts = async (steps: string, files?: Readonly<Record<string, string>>) =>
  verdictsOf(await previewed(steps, files))

test('cleanup is unknown where what it cleans up after is, or what that needs', async () => {
  expect(
    await verdicts(`  - { id: first, run: "echo x >/c" }
  - { id: put, put: { content: one, dest: /a } }
  - { id: next, run: "echo x >/b" }
  - { id: mend, run: "echo x >/e", needs: [{ step: next, if: failed }] }`),
  ).toMatchObject({ next: 'change', mend: 'unknown: steps.put is unknown and may fail' })
  expect(
    await verdicts(`  - { id: first, run: "echo x >/c" }
  - { id: put, put: { content: one, dest: /a }, on_failure: continue }
  - { id: next, run: "echo x >/b" }
  - { id: mend, run: "echo x >/e", needs: [{ step: next, if: failed }] }`),
  ).toMatchObject({ next: 'change', mend: 'skip: nothing before it would fail' })
})

test('what cleanup may do counts for what comes after it', async () => {
  expect(
    await verdicts(
      `  - { id: first, run: "echo x >/c", writes: [/c] }
  - { id: put, put: { content: one, dest: /c } }
  - { id: mend, run: "echo x >/e", writes: [/e], needs: [{ step: put, if: failed }] }
  - { id: late, put: { content: one, dest: /e }, needs: [{ step: mend, if: always }] }
  - { id: other, put: { content: one, dest: /f } }`,
      { '/e': 'one', '/f': 'one' },
    ),
  ).toMatchObject({ late: 'unknown: steps.mend is unknown and comes first', other: 'no change' })
})

test('a command whose folder is missing is unknown when something before it may make that', async () => {
  const steps = (writes: string) => `  - { id: makes, run: mkdir /d${writes} }
  - { id: inside, run: "echo x >/z", cwd: /d }`
  expect(await verdicts(steps(', writes: [/d]'))).toEqual({
    makes: 'change',
    inside: 'unknown: there is no cwd yet, and steps.makes would change first',
  })
  expect(await verdicts(steps(''))).toMatchObject({
    inside: 'unknown: there is no cwd yet, and steps.makes would change first',
  })
  expect(await verdicts(steps(', writes: [/e]'))).toMatchObject({ inside: 'unknown: there is no cwd' })
  expect(await verdicts(steps('').replaceAll('/d', '/'))).toMatchObject({ inside: 'change' })
})

test('where a put goes is known though its content is not, so that all else is', async () => {
  expect(
    await verdicts(
      `  - { id: makes, run: "echo x >/z", writes: [/z] }
  - { id: put, put: { content: "\${{ steps.makes.stdout }}", dest: "\${{ vars.dir }}/f" } }
  - { id: run, run: "echo \${{ steps.makes.stdout }} >/y", writes: ["\${{ vars.dir }}/g"] }
  - { id: below, put: { content: one, dest: /d/f } }
  - { id: beside, put: { content: one, dest: /d/g } }
  - { id: other, put: { content: one, dest: /a } }`,
      { '/a': 'one' },
    ),
  ).toMatchObject({
    put: 'unknown: steps.makes would change first',
    below: 'unknown: steps.put is unknown and comes first',
    beside: 'unknown: steps.run is unknown and comes first',
    other: 'no change',
  })
})

test('a step that only reads has no output where its guard held, and has one where it failed', async () => {
  expect(
    await verdicts(
      `  - { id: held, run: cat /a, read_only: true, creates: /a }
  - { id: uses, when: 'steps.held.stdout == ""', run: "echo x >/z", on_failure: continue }
  - { id: fails, run: fail, read_only: true, on_failure: continue }
  - { id: sees, when: steps.fails.exit_code == 1, run: "echo x >/z" }`,
      { '/a': 'one' },
    ),
  ).toMatchObject({
    uses: 'unknown: when: steps.held.stdout has no value: the step did not run (ok)',
    fails: 'unknown: exit status 1',
    sees: 'change',
  })
})

test('what need not come before the end of the run is unknown, and so is cleanup that it may lead to', async () => {
  expect(
    await verdicts(`  - { id: free, put: { content: one, dest: /d } }
  - { id: early, put: { content: one, dest: /a }, needs: [] }
  - { id: fails, put: { content: one, dest: /no/a }, on_failure: stop }
  - { id: before, put: { content: one, dest: /c }, needs: [early] }
  - { id: beside, put: { content: one, dest: /b }, needs: [before] }
  - { id: mend, run: "echo x >/e", writes: [/e], needs: [{ step: beside, if: failed }] }
  - { id: clean, run: "echo x >/f", writes: [/f], needs: [{ step: beside, if: always }] }`),
  ).toEqual({
    free: 'unknown: steps.fails on h0 may fail first, which ends the run',
    early: 'change',
    fails: 'unknown: its folder does not exist',
    before: 'unknown: steps.fails would fail',
    beside: 'unknown: steps.fails would fail',
    mend: 'unknown: steps.fails on h0 may fail first, which ends the run',
    clean: 'change',
  })
  expect(
    await verdicts(`  - { id: early, put: { content: one, dest: /a } }
  - { id: mend, run: "echo x >/e", needs: [{ step: early, if: failed }] }
  - { id: first, run: "echo x >/c", needs: [{ step: mend, if: always }] }
  - { id: unknown, put: { content: one, dest: /b }, on_failure: stop }`),
  ).toMatchObject({ mend: 'unknown: steps.unknown on h0 may fail first, which ends the run' })
})

test('only the first of several says that it makes the folders above them', async () => {
  const preview = await previewed(`  - for_each: [x, y]
    put: { content: one, dest: "/new/\${{ item }}", parents: true }`)
  const missing = preview.plan.steps.map(({ index }) => {
    const finding = preview.node(index, 0)?.finding
    return finding?.kind === 'put' ? finding.missing : undefined
  })
  expect(missing).toEqual([['/new'], []])
})
