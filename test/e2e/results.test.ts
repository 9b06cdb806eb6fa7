import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeFleetInventory } from '../sshd/inventory.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, eventsOf, outcomesOf } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

/** A file that nothing but text from a host would make. */
const HARM = join(tmpdir(), `drover-harm-${process.pid}`)

describeWith(['sshd'], 'results that later steps use', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ addresses: ['0.0.0.0'] })
  })
  afterAll(async () => {
    await server.stop()
  })

  async function apply(steps: string) {
    const cwd = workFolder()
    const options = [...writeHosts(cwd, { h1: server }), '--format', 'json']
    const play = writePlaybook(cwd, steps)
    const finished = await drover(['apply', play, ...options], { cwd })
    expect(existsSync(HARM)).toBe(false)
    const printed = (step: string) =>
      eventsOf(finished)
        .filter(event => event.event === 'node_output' && event.step === step)
        .map(({ text }) => text)
        .join('')
    const message = (step: string) => endsOf(finished)[`h1 ${step}`]?.failure?.message
    return { finished, printed, message, outcomes: outcomesOf(finished) }
  }

  test('60 kB of each of 200 hosts, as input, in shell text and in conditions', async () => {
    const cwd = workFolder()
    const file = writeFleetInventory(join(cwd, 'hosts.ini'), server, 200)
    const play = writePlaybook(
      cwd,
      `  - { id: big, read_only: true, run: "head -c 45000 /dev/zero | base64 -w 0" }
  - { id: back, read_only: true, run: "wc -c", stdin: "\${{ steps.big.stdout }}" }
  - { id: known, read_only: true, run: "true", when: 'size(steps.big.stdout) == 60000' }
  - { id: other, read_only: true, run: "true", when: 'steps.big.on["h200"].stdout.startsWith("AAAA")' }
  - { id: same, read_only: true, run: "true", when: steps.back.stdout == "60000" }
`,
    )
    const options = ['-i', file, '--known-hosts', server.knownHosts, '--format', 'json']
    const finished = await drover(['apply', play, ...options], { cwd, keep: 64 << 20 })
    expect(finished.status).toBe(0)
    expect(new Set(Object.values(outcomesOf(finished)))).toEqual(new Set(['ok']))
    expect(finished.peakMb).toBeLessThan(450)
  })

  test('what is not whole, no text or no JSON is an error where it is used, and nothing elsewhere', async () => {
    const { outcomes, message, printed, finished } = await apply(
      `  - { id: large, run: "head -c 10000000 /dev/zero | tr '\\\\0' x" }
  - { id: use_large, run: "echo \${{ steps.large.stdout }}" }
  - { id: code, needs: [large], run: "echo \${{ steps.large.exit_code }}" }
  - { id: nul, needs: [], run: "printf 'a\\\\0b'" }
  - { id: use_nul, run: "printf %s \${{ steps.nul.stdout }}" }
  - { id: binary, needs: [], run: "printf 'a\\\\377\\\\376b\\\\300\\\\257'" }
  - { id: use_binary, run: "printf %s \${{ steps.binary.stdout }}" }
  - { id: deep, needs: [], run: "i=0; while [ $i -lt 3000 ]; do printf '[[[[[[[[[['; i=$((i+1)); done" }
  - { id: use_deep, run: "echo \${{ size(steps.deep.json) }}" }
  - { id: no_json, needs: [], run: "echo '{port: 1}'" }
  - { id: use_no_json, run: "echo \${{ steps.no_json.json.port }}" }
`,
    )
    expect(outcomes).toMatchObject({
      'h1 large': 'changed',
      'h1 use_large': 'failed',
      'h1 code': 'changed',
      'h1 nul': 'changed',
      'h1 use_nul': 'failed',
      'h1 use_binary': 'changed',
      'h1 use_deep': 'failed',
      'h1 use_no_json': 'failed',
    })
    expect(message('use_large')).toContain('steps.large.stdout cannot be used')
    expect(message('use_nul')).toContain('NUL')
    expect(message('use_deep')).toMatch(/JSON|deep/)
    expect(message('use_no_json')).toContain('JSON')
    expect(printed('use_binary')).toBe('a\u{fffd}\u{fffd}b\u{fffd}\u{fffd}')
    expect(finished.peakMb).toBeLessThan(400)
  })

  test('what a host says is never evaluated, and a host that lies about types is found out', async () => {
    const evil = `$(touch ${HARM}) \`touch ${HARM}\` \${{ 1 + 1 }} ; touch ${HARM}; \u001b[2J`
    const answer = { text: evil, port: `x; touch ${HARM}`, list: [evil, 1, null, {}] }
    const input = JSON.stringify(JSON.stringify(answer)).replaceAll('${{', () => '$${{')
    const { outcomes, message, printed } = await apply(
      `  - id: says
    run: cat
    stdin: ${input}
  - { id: text, run: "printf '%s' \${{ steps.says.json.text }}" }
  - { id: quoted, run: "printf '%s' \\"<\${{ steps.says.json.text }}>\\"" }
  - { id: sum, needs: [says], run: "echo \${{ steps.says.json.port + 1 }}" }
  - { id: lacks, needs: [says], run: "echo \${{ steps.says.json.constructor }}" }
  - { id: list, needs: [says], run: "echo \${{ steps.says.json.list }}" }
  - { id: when, needs: [says], when: steps.says.json.port > 1, run: "true" }
  - { id: file, needs: [says], delegate_to: localhost, put: { content: "\${{ steps.says.json.text }}", dest: "\${{ env.HOME }}/file" } }
`,
    )
    expect(outcomes).toMatchObject({
      'h1 text': 'changed',
      'h1 quoted': 'changed',
      'h1 sum': 'failed',
      'h1 lacks': 'failed',
      'h1 list': 'failed',
      'h1 when': 'failed',
      'h1 file': 'changed',
    })
    expect(printed('text')).toBe(evil)
    expect(printed('quoted')).toBe(`<${evil}>`)
    for (const step of ['sum', 'lacks', 'list', 'when']) expect(message(step), step).toBeTruthy()
  })
})
