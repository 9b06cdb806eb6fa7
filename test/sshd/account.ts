import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface AccountOptions {
  readonly name: string
  readonly home: string
  readonly shell: string
  readonly password?: string
}

/**
 * Makes a system account. Without a password its shadow entry is `*`: sshd refuses accounts that are locked (`!`),
 * which is what useradd makes by itself. Its removal is the keeper's business.
 */
export async function makeAccount({ name, home, shell, password }: AccountOptions): Promise<void> {
  await untilUnlocked(() =>
    run('useradd', ['--system', '-M', '-U', '-p', '*', '-d', home, '-s', shell, name]),
  )
  if (password !== undefined) await untilUnlocked(() => setPassword(name, password))
  await run('chown', ['-R', `${name}:${name}`, home])
}

async function setPassword(name: string, password: string): Promise<void> {
  const running = run('chpasswd', [])
  running.child.stdin?.end(`${name}:${password}\n`)
  await running
}

/** Parallel tests contend for /etc/.pwd.lock; the programs give up at once with this message. */
async function untilUnlocked(attempt: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (!/lock/.test(String(error)) || Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}
