import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { BecomeMethod } from '../../model/playbook.ts'
import { type Opening, READY, SIGNS } from './opening.ts'
import { foreignPrompt, wrongPassword } from './refusal.ts'

export interface HandshakeEvents {
  /** The login shell has started what was asked for. */
  readonly staged: () => void
  readonly answer: (line: string) => void
  /** The wrapper runs as the user. */
  readonly ready: () => void
  readonly refused: (failure: Failure) => void
}

/** Of what comes before the wrapper runs, so many characters are kept: a lecture, a prompt, a reason. */
const KEPT = 8192

/**
 * Follows stderr until the wrapper runs as the other user. The password is given once, and only to a prompt that comes
 * from the program that was just started: sudo shows the random key, su and doas have words of their own.
 */
export class Handshake {
  readonly #opening: Opening
  readonly #events: HandshakeEvents
  #phase: 'login' | 'asking' | 'answered' | 'over' = 'login'
  #heard = ''
  #staged = false
  #unanswered: NodeJS.Timeout | undefined

  constructor(opening: Opening, events: HandshakeEvents) {
    this.#opening = opening
    this.#events = events
  }

  /** The program that becomes the user was started. */
  get staged(): boolean {
    return this.#staged
  }

  /** What it wrote, prompts and password left out. */
  get said(): string {
    const secret = this.#opening.password?.reveal()
    const text = this.#heard.replaceAll(this.#opening.key + SIGNS.prompt, '')
    return secret === undefined || secret === '' ? text : text.replaceAll(secret, '***')
  }

  /** What stderr brought. */
  hear(chunk: Buffer): void {
    if (this.#phase === 'over') return
    clearTimeout(this.#unanswered)
    this.#heard = (this.#heard + chunk.toString('latin1')).slice(-KEPT)
    if (this.#phase === 'login') this.#lookForStage()
    if (this.#phase === 'asking' || this.#phase === 'answered') this.#lookForPrompt()
  }

  /** Nothing more is of interest. */
  over(): void {
    this.#phase = 'over'
    clearTimeout(this.#unanswered)
  }

  #lookForStage(): void {
    const sign = this.#opening.key + SIGNS.staged
    const at = this.#heard.indexOf(sign)
    if (at < 0) return
    this.#heard = this.#heard.slice(at + sign.length)
    this.#phase = 'asking'
    this.#staged = true
    this.#events.staged()
  }

  #lookForPrompt(): void {
    const { way, become, key } = this.#opening
    if (this.#heard.includes(READY)) {
      this.#opening.opened(this.#phase === 'answered')
      this.over()
      this.#events.ready()
    } else if (way === 'ask') {
      const prompt = PROMPTS[become.method](this.#heard, key)
      if (prompt < 0) this.#waitForMore()
      else this.#asked(prompt)
    }
  }

  /** @param end where in what was heard the prompt ends */
  #asked(end: number): void {
    const { password } = this.#opening
    this.#heard = this.#heard.slice(end)
    if (this.#phase === 'answered' || password === undefined) this.#refuse(wrongPassword(this.#opening))
    else {
      this.#phase = 'answered'
      this.#events.answer(`${password.reveal()}\n`)
    }
  }

  /** A question that is none of ours would wait for as long as the step may take. */
  #waitForMore(): void {
    if (!/[^\s\]][:?>] ?$/.test(this.#heard)) return
    const refuse = () => this.#refuse(foreignPrompt(this.#opening, this.said))
    this.#unanswered = setTimeout(refuse, LIMITS.startMs)
  }

  #refuse(failure: Failure): void {
    this.over()
    this.#opening.refused(failure)
    this.#events.refused(failure)
  }
}

/** Where the prompt ends in what was heard, or -1. A prompt of fixed words is the last that came. */
const PROMPTS: Readonly<Record<BecomeMethod, (heard: string, key: string) => number>> = {
  sudo: (heard, key) => endOf(heard, key + SIGNS.prompt),
  su: heard => (/(?:^|\n)Password: ?$/.test(heard) ? heard.length : -1),
  doas: heard => (/\rdoas \([^\s()@]{1,64}@[^\s()]{1,256}\) password: $/.test(heard) ? heard.length : -1),
}

function endOf(text: string, part: string): number {
  const at = text.indexOf(part)
  return at < 0 ? -1 : at + part.length
}
