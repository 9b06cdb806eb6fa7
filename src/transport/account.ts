import { statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'

/** The user's home, also where $HOME is empty; `/` where nobody knows one: containers run under numbers that no account has. */
export function homeFolder(): string {
  try {
    return homedir() || userInfo().homedir
  } catch {
    return '/'
  }
}

/** Where a login starts: at home, or in `/` where that is gone, as sshd does it. */
export function loginFolder(): string {
  const home = homeFolder()
  return statSync(home, { throwIfNoEntry: false })?.isDirectory() ? home : '/'
}

/** The local user's name; where the account has none, what the environment says, or its number. */
export function accountName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username
  } catch {
    return env.USER || env.LOGNAME || String(process.getuid?.() ?? 'nobody')
  }
}
