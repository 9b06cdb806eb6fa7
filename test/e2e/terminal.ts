import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished } from 'vitest'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')

export interface TerminalOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
  /** A file for standard output; what is shown then is standard error alone. */
  readonly stdout?: string
}

/** A drover in a terminal of its own. Needs tmux. */
export interface Terminal {
  /** What is on the screen, lines without the blanks at their ends. */
  screen(): string
  /** All that was shown, with what has scrolled away. */
  shown(): string
  /** Types a text, and Enter. */
  answer(text: string): void
  /** Presses a key as tmux calls it: `C-c`. */
  press(key: string): void
  /** As by dragging a corner of the window. */
  resize(columns: number, rows: number): void
  /** Closes the window: whatever runs in it gets SIGHUP. */
  close(): void
  until(shown: RegExp | string): Promise<void>
  /** Waits for the end; gives the exit status. */
  status(): Promise<number>
}

/** Starts `drover ARGS…` as a person would who types it. */
export function openTerminal(args: readonly string[], options: TerminalOptions): Terminal {
  const { cwd, columns = 80, rows = 24 } = options
  const socket = `drover-test-${process.pid}-${randomBytes(4).toString('hex')}`
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...words], { encoding: 'utf8', stdio: 'pipe' })
  const env = Object.entries({
    ...{ PATH: process.env.PATH ?? '', HOME: cwd, LANG: 'C.UTF-8', TERM: 'tmux-256color' },
    ...options.env,
  }).map(([name, value]) => `${name}=${value}`)
  const file = join(tmpdir(), `${socket}.status`)
  const into = options.stdout === undefined ? '' : ` >'${options.stdout}'`
  // Ctrl-C is for drover alone, and the terminal stays after it, to be looked at. A terminal that is closed takes the
  // outer shell with it, and the system then tells the others.
  const inner = `trap : INT HUP; "$@"${into}; echo $? >${file}.new; mv ${file}.new ${file}`
  const script = `trap : INT; sh -c '${inner.replaceAll("'", "'\\''")}' sh "$@"; exec sleep 600`
  const command = ['env', '-i', ...env, 'sh', '-c', script, 'sh', process.execPath, BIN, ...args]
  const size = ['-x', String(columns), '-y', String(rows)]
  tmux('set-option', '-g', 'history-limit', '20000', ';', 'new-session', '-d', ...size, '-c', cwd, ...command)
  onTestFinished(() => {
    try {
      tmux('kill-server')
    } catch {
      // A test may have closed it.
    }
    rmSync(file, { force: true })
  })
  const shown = () => tmux('capture-pane', '-p', '-S', '-').trimEnd()
  return {
    screen: () => tmux('capture-pane', '-p').trimEnd(),
    shown,
    answer: text => {
      if (text !== '') tmux('send-keys', '-l', text)
      tmux('send-keys', 'Enter')
    },
    press: key => void tmux('send-keys', key),
    resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
    close: () => void tmux('kill-server'),
    until: async text => {
      const polled = expect.poll(shown, { timeout: 20_000, interval: 20 })
      await (typeof text === 'string' ? polled.toContain(text) : polled.toMatch(text))
    },
    status: async () => {
      await expect.poll(() => existsSync(file), { timeout: 20_000, interval: 20 }).toBe(true)
      return Number(readFileSync(file, 'utf8'))
    },
  }
}
