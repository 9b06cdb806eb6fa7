import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover } from './drover.ts'
import { workFolder } from './work-folder.ts'

const OLD = ['hunter22-old', 'dbpass-old1']
const NEW = ['hunter22-new', 'dbpass-new1']

/** A repository with passwords that the playbook's own texts hold, too, and others since. */
function repository() {
  const cwd = workFolder()
  const at = (name: string) => join(cwd, name)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd })
  const write = ([login, db]: readonly string[]) => {
    const vars = `ansible_connection=local ansible_password=${login} db_password=${db}`
    writeFileSync(at('hosts.ini'), `h1 ${vars}\n`, { mode: 0o600 })
    writeFileSync(
      at('play.yml'),
      `hosts: all
steps:
  - { id: a, run: "echo ${login} ${db}", read_only: true }
  - { id: b, put: { content: "${login}\\n${db}\\n", dest: "${cwd}/got" } }
  - { id: c, run: "exit \${{ int(steps.a.stdout) }}", on_failure: continue }
  - { id: d, put: { content: "\${{ steps.a.stdout.split('x')[5] }}", dest: "${cwd}/no" }, needs: [a] }
  - { id: e, assert: { that: "steps.a.stdout == 'x'", message: "not \${{ steps.a.stdout }}" }, needs: [a] }
  - { id: f, run: "echo \${{ int(steps.a.stdout + '[') }}", needs: [a] }
`,
    )
  }
  git('init', '-q')
  write(OLD)
  git('add', '-A')
  git('commit', '-qm', 'old')
  write(NEW)
  return { cwd, at }
}

test('passwords of the inventory are masked in whatever shows what a playbook says', async () => {
  const { cwd, at } = repository()
  for (const args of [
    ['validate', 'play.yml'],
    ['explain', 'play.yml'],
    ['explain', 'play.yml', 'a'],
    ['graph', 'play.yml'],
    ['inventory'],
    ['plan', 'play.yml', '--offline'],
    ['plan', 'play.yml', '--offline', '--format', 'json'],
    ['plan', 'play.yml', '--format', 'markdown'],
    ['plan', 'play.yml', '--out', 'p.json'],
    ['show', 'p.json'],
    ['diff', 'HEAD', 'play.yml'],
    ['diff', 'HEAD', 'play.yml', '--format', 'json'],
    ['diff', 'HEAD', 'play.yml', '--format', 'markdown'],
    ['apply', 'play.yml', '-vv'],
    ['apply', 'play.yml', '--format', 'json'],
  ]) {
    const { status, stdout, stderr } = await drover(args, { cwd })
    expect([args[0], status], stderr).not.toEqual([args[0], 3])
    for (const secret of [...OLD, ...NEW])
      expect(`${args.join(' ')}: ${stdout}${stderr}`).not.toContain(secret)
    if (args.includes('json')) for (const line of linesOfJson(stdout)) JSON.parse(line)
  }
  const kept = readdirSync(at('.drover'), { recursive: true, encoding: 'utf8' }).map(name =>
    join('.drover', name),
  )
  for (const name of [...kept, 'p.json'].filter(name => statSync(at(name)).isFile()))
    for (const secret of NEW) expect(`${name}: ${readFileSync(at(name), 'utf8')}`).not.toContain(secret)
})

/** Documents and lists of events. */
function linesOfJson(text: string): readonly string[] {
  return text.startsWith('{\n') ? [text] : text.split('\n').filter(line => line !== '')
}
