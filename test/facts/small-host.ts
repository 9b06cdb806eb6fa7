import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

const BUSYBOX = '/bin/busybox'

export interface SmallHost {
  /** Its files, by absolute path. */
  readonly files?: Readonly<Record<string, string>>
  /** The names of busybox that it has; absent: all. */
  readonly tools?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a script in a root folder that holds nothing but busybox and the given files. Needs root. */
export function runOnSmallHost({ files = {}, tools, env = {} }: SmallHost, script: string): string {
  const root = mkdtempSync(join(tmpdir(), 'drover-small-host-'))
  roots.push(root)
  for (const file of [BUSYBOX, ...librariesOf(BUSYBOX)]) put(root, file)
  mkdirSync(join(root, 'usr/bin'), { recursive: true })
  const names = tools ?? execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const name of ['sh', ...names.filter(name => name !== 'sh')]) {
    symlinkSync('/bin/busybox', join(root, 'usr/bin', name))
  }
  for (const [path, text] of Object.entries({ '/dev/null': '', ...files })) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode: 0o755 })
  }
  const ran = spawnSync('chroot', [root, '/usr/bin/sh', '-c', `set -e; ${script}`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '/usr/sbin', ...env },
  })
  if (ran.status !== 0) throw new Error(`the script ended with ${ran.status}: ${ran.stderr}`)
  return ran.stdout
}

const roots: string[] = []
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true })
})

function put(root: string, file: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true })
  copyFileSync(file, join(root, file))
}

/** Empty for a static program. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' })
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(match => match[1] as string)
}
