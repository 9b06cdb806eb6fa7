import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

interface Question {
  readonly lists?: readonly string[]
  readonly patterns?: Readonly<Record<string, readonly string[]>>
  readonly words?: readonly string[]
}

interface Answer {
  readonly lists: readonly unknown[]
  readonly patterns: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly words: readonly (readonly string[] | null)[]
}

/** The Python that the installed ansible-inventory runs with; undefined, said loudly, where there is none. */
export function findAnsible(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.map(folder => join(folder, 'ansible-inventory')).find(path => existsSync(path))
  const python = found && /^#!\s*(\S+)/.exec(readFileSync(found, 'utf8'))?.[1]
  if (python === undefined || !python.includes('python')) {
    console.warn('SKIPPED: ansible-inventory is not installed, so inventories are not compared with it')
    return undefined
  }
  return python
}

/** Asks Ansible, with no configuration of this machine, and a home that is thrown away. */
export function askAnsible(python: string, question: Question): Answer {
  const home = mkdtempSync(join(tmpdir(), 'drover-ansible-'))
  try {
    const config = join(home, 'ansible.cfg')
    writeFileSync(config, '')
    const { PATH } = process.env
    const asked = spawnSync(python, [join(import.meta.dirname, 'ansible-oracle.py')], {
      input: JSON.stringify(question),
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { PATH, HOME: home, ANSIBLE_CONFIG: config, LANG: 'C.UTF-8', ANSIBLE_LOCAL_TEMP: home },
    })
    if (asked.status !== 0) throw new Error(`Ansible did not answer: ${asked.stderr}`)
    return JSON.parse(asked.stdout) as Answer
  } finally {
    rmSync(home, { recursive: true })
  }
}
