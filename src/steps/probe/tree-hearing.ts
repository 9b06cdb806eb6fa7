import { createLineReader } from '../line-reader.ts'
import { Answers } from '../put/tree-answers.ts'
import { parseRoot, type Root } from '../put/tree-look.ts'
import type { Question as TreeQuestion } from '../put/tree-questions.ts'
import { type RealPlace, realPlace } from './place.ts'
import type { Login, Obstacle } from './tree-obstacle.ts'

/** A path has no more bytes. */
const MOST_PATH = 1 << 16

/** What a host reports of where a tree goes; the same again for each part of a long list of questions. */
export class TreeHearing {
  readonly answers: Answers
  root: Root | undefined
  failed: Obstacle | undefined
  login: Login | undefined
  /** What a tool said of a missing folder above the tree. */
  absent: string | undefined
  finished = false
  /** The last line that a tool said. */
  words = ''
  readonly #paths = { near: Buffer.alloc(0), rest: Buffer.alloc(0) }
  #obstacles: Obstacle[] = []
  #section: 'near' | 'rest' | 'lines' = 'lines'
  #read: (chunk: Buffer) => void

  constructor(questions: readonly TreeQuestion[]) {
    this.answers = new Answers(questions)
    this.#read = this.#reader()
  }

  get place(): RealPlace | undefined {
    return this.root === undefined ? undefined : realPlace(this.#paths.near, this.#paths.rest)
  }

  get obstacles(): readonly Obstacle[] {
    return this.#obstacles
  }

  record(word: string, rest: string): void {
    this.#section = word === 'near' || word === 'rest' ? word : 'lines'
    this.#read = this.#reader()
    switch (word) {
      case 'look':
        this.#obstacles = []
        this.finished = false
        break
      case 'near':
      case 'rest':
        this.#paths[word] = Buffer.alloc(0)
        break
      case 'absent':
        this.absent = this.words
        break
      case 'login':
        this.login = loginOf(rest)
        break
      case 'no':
        this.#obstacles.push({ problem: rest, words: this.words })
        break
      case 'root':
        this.root = parseRoot(rest)
        break
      case 'fail':
        this.failed = { problem: rest, words: this.words }
        break
      case 'finish':
        this.finished = true
        break
      case 'place':
        break
      default:
        this.answers.report(word, rest)
    }
  }

  content(chunk: Buffer): void {
    const { near, rest } = this.#paths
    if (this.#section === 'lines') this.#read(chunk)
    else if (near.length + rest.length + chunk.length <= MOST_PATH) {
      this.#paths[this.#section] = Buffer.concat([this.#paths[this.#section], chunk])
    }
  }

  #reader(): (chunk: Buffer) => void {
    return createLineReader(line => {
      this.words = line.trim() === '' ? this.words : line.trim()
      this.answers.line(line)
    })
  }
}

function loginOf(rest: string): Login {
  const [uid = '', name = '', ...groups] = rest.split(' ')
  return { uid, name, groups: new Set(groups) }
}
