import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, outcomesOf } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

/** What a template holds, and what arrives, byte for byte. */
const FILES: Readonly<Record<string, readonly [template: string, rendered: string]>> = {
  unix: ['a ${{ vars.name }}\n', 'a it\'s "$(x)"\n'],
  open: ['a ${{ vars.name }}', 'a it\'s "$(x)"'],
  dos: ['${{ for n in vars.list }}\r\n- ${{ n }}\r\n${{ end }}\r\nend', '- 1\r\n- 2\r\nend'],
  blank: ['\n\n${{ if facts.cpus > 0 }}\n\n${{ end }}\n', '\n\n\n'],
  odd: ['tab\there\u00a0é 配置 \u{1f40e} $${{ x }}\n', 'tab\there\u00a0é 配置 \u{1f40e} ${{ x }}\n'],
}

describeWith(['root', 'sshd', 'sudo'], 'templates over sshd', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    setSudoers(server.user, [`${server.user} ALL=(ALL) NOPASSWD: ALL`])
  })
  afterAll(() => server.stop())

  test('arrive byte for byte, as another user, with owner and mode; the second time nothing changes', async () => {
    const cwd = workFolder()
    const folder = join('/var/tmp', `drover-templates-${process.pid}`)
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(folder, { mode: 0o700 })
    const steps = Object.entries(FILES).map(([name, [template]]) => {
      writeFileSync(join(cwd, `${name}.tmpl`), template)
      return `  - { id: ${name}_file, put: { template: ${name}.tmpl, dest: ${folder}/${name}, owner: nobody, mode: "0640" } }\n`
    })
    const head = `vars: { name: "it's \\"$(x)\\"", list: [1, 2] }\ndefaults: { become: true }\n`
    const play = writePlaybook(cwd, steps.join(''), head)
    const args = ['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json']
    const first = await drover(args, { cwd })
    expect(first.status, JSON.stringify(endsOf(first))).toBe(0)
    for (const [name, [, rendered]] of Object.entries(FILES)) {
      expect(readFileSync(join(folder, name), 'utf8'), name).toBe(rendered)
      const { uid, mode } = statSync(join(folder, name))
      expect([uid, mode & 0o777], name).toEqual([65_534, 0o640])
    }
    const again = await drover(args, { cwd })
    expect(new Set(Object.values(outcomesOf(again)))).toEqual(new Set(['ok']))
  })
})
