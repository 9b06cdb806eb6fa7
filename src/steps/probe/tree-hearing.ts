import { GatheredBytes } from '../gathered-bytes.ts'
import { createLineReader } from '../line-reader.ts'
import { Answers } from '../put/tree-answers.ts'
import { parseRoot, type Root } from '../put/tree-look.ts'
import type { Question as TreeQuestion } from '../put/tree-questions.ts'
import { type RealPlace, realPlace } from './place.ts'
import { readPaths } from './real-paths.ts'
import type { Login, Obstacle } from './tree-obstacle.ts'

/** In bytes; a path has a few thousand. */
const MOST_PATHS = 1 << 20

/** Our script has fewer to tell of. */
const MOST_OBSTACLES = 100

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
  readonly #paths = { ways: new GatheredBytes(), near: new GatheredBytes(), rest: new GatheredBytes() }
  #obstacles: Obstacle[] = []
  #section: 'ways' | 'near' | 'rest' | 'lines' = 'lines'
  #read: (chunk: Buffer) => void

  constructor(questions: readonly TreeQuestion[]) {
    this.answers = new Answers(questions)
    this.#read = this.#reader()
  }

  get place(): RealPlace | undefined {
    const { near, rest } = this.#paths
    return near.length === 0 ? undefined : realPlace(near.bytes(), rest.bytes())
  }

  get isNowhere(): boolean {
    return this.#paths.near.length > 0 && this.place === undefined
  }

  /** What was passed on the way there. */
  get passed(): readonly string[] {
    return readPaths(this.#paths.ways.bytes())
  }

  get obstacles(): readonly Obstacle[] {
    return this.#obstacles
  }

  record(word: string, rest: string): void {
    this.#section = word === 'ways' || word === 'near' || word === 'rest' ? word : 'lines'
    this.#read = this.#reader()
    switch (word) {
      case 'look':
        this.#obstacles = []
        this.finished = false
        break
      case 'ways':
      case 'near':
      case 'rest':
        this.#paths[word] = new GatheredBytes()
        break
      case 'absent':
        this.absent = this.words
        break
      case 'login':
        this.login = loginOf(rest)
        break
      case 'no':
        if (this.#obstacles.length < MOST_OBSTACLES)
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
    const { ways, near, rest } = this.#paths
    if (this.#section === 'lines') this.#read(chunk)
    else if (ways.length + near.length + rest.length + chunk.length <= MOST_PATHS) {
      this.#paths[this.#section].add(chunk)
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
