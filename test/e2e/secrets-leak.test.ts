import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newIdentity } from '../../src/secrets/age.ts'
import { encrypted, newSecretFile, SecretFile } from '../../src/secrets/secret-file.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { type Finished, startDrover } from './drover.ts'
import { spellings, tellingLines } from './secret-spellings.ts'
import { workFolder, writeHosts } from './work-folder.ts'

const random = () => randomBytes(9).toString('base64url')

/** With what quoting, URLs and JSON each have to spell otherwise; in one line, in several, and long. */
const SECRETS = {
  file: `fi'le "${random()} $x/+é`,
  env: `env-${random()}&=~!`,
  command: `command ${random()}\\n`,
  long: Array.from({ length: 20 }, () => `${random()} "<ü>'`).join(' '),
  key: `-----BEGIN ${random()}-----\n${random()}${random()}+/=\nx%41\\${random()}\n-----END-----\n`,
  password: `pass"wd ${random()}`,
}
const SPELLED = Object.entries(SECRETS).flatMap(([name, secret]) =>
  Object.entries(spellings(secret)).map(([spelling, spelled]) => ({ name, spelling, spelled })),
)

/** What comes in pieces; unit tests have all of them do so. */
const SLOW = ['plain', 'base64', 'od', 'json', 'printf %q in C', 'percent-encoded']

const PLAYBOOK = `hosts: all
secrets:
  file: { file: secrets.yml }
  env: { env: MY_TOKEN }
  command: { command: [cat, typed.txt] }
  long: { file: secrets.yml }
  key: { command: [cat, key.pem] }
defaults:
  env: { ALL: "a \${{ secrets.file }} \${{ secrets.env }} \${{ secrets.command }} \${{ secrets.long }} \${{ secrets.key }}" }
steps:
  - { id: look, run: printf '%s' "$ALL"; cat leak.txt, read_only: true }
  - id: echo
    run: |
      cat leak.txt; cat leak.txt >&2; cat
      while IFS= read -r line; do printf '%.9s' "$line"; sleep 0.03; printf '%s\\n' "\${line#?????????}"; done < slow.txt
    stdin: \${{ secrets.file }}
    needs: []
  - { id: conf, put: { content: "x=\${{ secrets.file }}\\ny=\${{ secrets.env }}\\n", dest: conf }, needs: [] }
  - { id: page, put: { template: page.tmpl, dest: missing/page }, needs: [] }
  - { id: fail, run: 'cat leak.txt >&2; exit 3', needs: [] }
  - { id: says, assert: { that: [steps.echo.exit_code == 9], message: "it was \${{ steps.echo.stdout }}" } }
  - { id: again, run: "printf '%s' \${{ steps.echo.stdout }}", needs: [echo] }
  - id: wait
    needs: []
    run: 'echo $$ > pid; n=0; until [ -e go ] || [ $n = 300 ]; do sleep 0.1; n=$((n + 1)); done; cat leak.txt'
`

describeWith(['root', 'sshd'], 'secrets', () => {
  let server: TestServer
  let folder: string
  let known: readonly string[]
  const written: Finished[] = []

  beforeAll(async () => {
    server = await startSshd({ account: { password: SECRETS.password } })
    const leaks = SPELLED.map(({ spelled }) => spelled)
    const whole = Object.values(SECRETS).flatMap(secret =>
      ['', 'a', 'ab', 'abc'].map(before => Buffer.from(before + secret + before).toString('base64')),
    )
    writeFileSync(
      join(server.home, 'leak.txt'),
      `${[...leaks, ...whole].map(text => `<${text}>`).join('\n')}\n`,
    )
    const slow = SPELLED.filter(({ spelling }) => SLOW.includes(spelling))
    writeFileSync(join(server.home, 'slow.txt'), slow.map(({ spelled }) => `<${spelled}>\n`).join(''))
  })
  afterAll(() => server.stop())

  const at = (name: string) => join(folder, name)
  const env = { MY_TOKEN: SECRETS.env }
  const start = (...args: readonly string[]) => startDrover(args, { cwd: folder, env })
  const drover = async (...args: readonly string[]) => {
    const finished = await start(...args).finished
    written.push(finished)
    return finished
  }

  async function plant(): Promise<void> {
    folder = workFolder()
    // Its key too, so that the password is only what the inventory holds.
    known = writeHosts(folder, { h1: server, h2: { ...server, port: 1 } })
    const { identity, recipient } = await newIdentity()
    mkdirSync(at('.config/drover'), { recursive: true })
    writeFileSync(at('.config/drover/identity.txt'), `${identity}\n`, { mode: 0o600 })
    const text = `${newSecretFile([recipient]).replace(' {}', '')}  file: ''\n  long: ''\n`
    const { file, long } = SECRETS
    const plain = new SecretFile(text, 'secrets.yml').withValues(new Map(Object.entries({ file, long })))
    const sealed = await encrypted(plain)
    writeFileSync(at('secrets.yml'), sealed.toString())
    writeFileSync(at('typed.txt'), `${SECRETS.command}\n`)
    writeFileSync(at('key.pem'), `${SECRETS.key}\n`)
    writeFileSync(at('page.tmpl'), '${{ if true }}${{ secrets.command }}${{ end }}\n')
    writeFileSync(at('play.yml'), PLAYBOOK)
  }

  /** What holds a secret, in which spelling: nothing of the secret itself. */
  function found(what: string, text: string, names: readonly string[] = Object.keys(SECRETS)): string[] {
    return SPELLED.filter(({ name }) => names.includes(name))
      .filter(({ spelled }) => tellingLines(spelled).some(line => text.includes(line)))
      .map(({ name, spelling }) => `${what}: ${name} in ${spelling}`)
  }

  /** What is in the folder for a person to have put there. */
  const GIVEN = ['hosts.ini', 'typed.txt', 'play.yml', 'page.tmpl', 'key.pem', 'secrets.yml', 'identity.txt']

  function foundInFiles(): string[] {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      name => statSync(at(name)).isFile() && !GIVEN.some(given => name.endsWith(given)),
    )
    expect(files.some(name => name.endsWith('output.jsonl'))).toBe(true)
    return files.flatMap(name => {
      const text = readFileSync(at(name), 'utf8')
      return [...found(name, text), ...found(`${name}, its texts`, textsIn(text))]
    })
  }

  const foundInOutput = () =>
    written.flatMap(({ stdout, stderr }, at) => [
      ...found(`stdout of ${at}`, stdout),
      ...found(`texts of stdout of ${at}`, textsIn(stdout)),
      ...found(`stderr of ${at}`, stderr),
    ])

  test('are in nothing that is written, however it fails', async () => {
    await plant()
    await drover('validate', 'play.yml')
    await drover('plan', 'play.yml', ...known, '--verbose')
    await drover('plan', 'play.yml', ...known, '--format', 'json', '--out', 'p.json')
    await drover('plan', 'play.yml', ...known, '--format', 'markdown')
    await drover('plan', 'play.yml', '--identity', 'nowhere', ...known)
    writeFileSync(join(server.home, 'go'), '')
    const applied = await drover(
      'apply',
      'play.yml',
      ...known,
      '-vv',
      ...['--junit', 'j.xml', '--log', 'run.log'],
    )
    expect(applied, applied.stderr).toMatchObject({ status: 1 })
    expect(applied.stdout).toContain('***')
    const planned = await drover('apply', 'p.json', '--format', 'json', '--known-hosts', server.knownHosts)
    expect(planned.stdout).toContain('***')
    await drover('apply', 'play.yml', ...known, '--format', 'json', '--limit', 'h1')
    await drover('history')
    const [run = ''] = readdirSync(at('.drover/runs'))
    await Promise.all([drover('show', run, '-v'), drover('attach', run), drover('show', 'p.json')])
    await drover('resume', run, '--rerun-unknown')
    writeFileSync(at('typed.txt'), '')
    await drover('apply', 'play.yml', ...known)
    writeFileSync(at('typed.txt'), `${SECRETS.command}\n`)
    expect(readFileSync(join(server.home, 'conf'), 'utf8')).toBe(`x=${SECRETS.file}\ny=${SECRETS.env}\n`)
    expect([...foundInOutput(), ...foundInFiles()]).toEqual([])
  }, 300_000)

  test('are in no list of processes, and not left behind when drover is killed', async () => {
    await plant()
    const { rm } = await import('node:fs/promises')
    for (const name of ['go', 'pid']) await rm(join(server.home, name), { force: true })
    const running = start('apply', 'play.yml', ...known, '--limit', 'h1')
    while (!existsSync(join(server.home, 'pid'))) await sleep(20)
    await sleep(200)
    const own = Number(readFileSync(join(server.home, 'pid'), 'utf8'))
    const unseen = Object.keys(SECRETS).filter(name => name !== 'env')
    const seen = processes().flatMap(({ pid, parents, cmdline, environ }) => [
      ...found(`cmdline of ${pid}: ${cmdline.slice(0, 30)}`, cmdline),
      // What a step has started has its environment, the other steps' too.
      ...([pid, ...parents].includes(own) || environ.includes('DROVER_STEP=')
        ? []
        : found(`environment of ${pid}: ${cmdline.slice(0, 30)}`, environ, unseen)),
    ])
    expect(seen).toEqual([])
    running.child.kill('SIGKILL')
    written.push(await running.finished)
    await rm(join(server.home, 'leak.txt'))
    writeFileSync(join(server.home, 'leak.txt'), '')
    const [run = ''] = readdirSync(at('.drover/runs'))
    writeFileSync(join(server.home, 'go'), '')
    await drover('show', run)
    await drover('resume', run, '--rerun-unknown')
    expect([...foundInOutput(), ...foundInFiles()]).toEqual([])
  }, 300_000)
})

/** What the strings of JSON hold: of a text that is none, about the same text. */
function textsIn(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, quoted => {
    try {
      return JSON.parse(quoted) as string
    } catch {
      return quoted
    }
  })
}

interface Process {
  readonly pid: number
  readonly parents: readonly number[]
  readonly cmdline: string
  readonly environ: string
}

/** All that there are but this one. */
function processes(): readonly Process[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  return pids.map(name => {
    const of = (file: string) => readProc(`/proc/${name}/${file}`)
    return {
      pid: Number(name),
      parents: parentsOf(Number(name)),
      cmdline: of('cmdline'),
      environ: of('environ'),
    }
  })
}

function parentsOf(pid: number): readonly number[] {
  const parent = Number(/^PPid:\t(\d+)/m.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0)
  return parent === 0 ? [] : [parent, ...parentsOf(parent)]
}

/** Empty where it has gone. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
