import { LIMITS } from '../../model/limits.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { wildcardMatches } from '../../model/wildcard.ts'
import type { ConfigFile, ConfigFiles } from './files.ts'
import { type Keyword, keywordOf, kindOf } from './keywords.ts'
import { type MatchAsker, matchLine } from './match.ts'
import { type Directive, splitWords } from './words.ts'

/** What is asked of a configuration: what the command line of ssh would be. */
export interface Query {
  /** The host as it would stand behind `ssh`. */
  readonly name: string
  /** As `-l`, `-p` and `-J` would say. */
  readonly user?: string
  readonly port?: number
  readonly jump?: string
}

/** A value where it was set; without a place it is the caller's. */
export interface Setting {
  readonly words: readonly string[]
  readonly where?: Where | undefined
}

/** All that a configuration says of a host, as it is written. */
export interface Answer {
  readonly settings: ReadonlyMap<Keyword, Setting>
  /** IdentityFile and CertificateFile, each mention one. */
  readonly lists: ReadonlyMap<Keyword, readonly Setting[]>
  /** Why the host cannot be reached as it says; empty: it can. */
  readonly problems: readonly Problem[]
}

/**
 * What the files say of a host (ssh_config(5)): the first value of a keyword counts, in a second pass over all files
 * too, which `Match final` asks for.
 */
export function evaluate(
  files: readonly ConfigFile[],
  query: Query,
  around: MatchAsker & { readonly files: ConfigFiles },
): Answer {
  const evaluation = new Evaluation(query, around)
  evaluation.pass(files)
  if (evaluation.wantsFinal) evaluation.pass(files, true)
  return evaluation
}

class Evaluation implements Answer {
  readonly settings = new Map<Keyword, Setting>()
  readonly lists = new Map<Keyword, Setting[]>()
  readonly problems: Problem[] = []
  wantsFinal = false
  readonly #name: string
  readonly #around: MatchAsker & { readonly files: ConfigFiles }
  #isFinal = false

  constructor({ name, user, port, jump }: Query, around: MatchAsker & { readonly files: ConfigFiles }) {
    this.#name = name
    this.#around = around
    if (user !== undefined) this.settings.set('user', { words: [user] })
    if (port !== undefined) this.settings.set('port', { words: [String(port)] })
    if (jump !== undefined) this.settings.set('proxyjump', { words: [jump] })
  }

  pass(files: readonly ConfigFile[], isFinal = false): void {
    this.#isFinal = isFinal
    // By then ssh has made up its mind about the address.
    const known = this.settings.get('hostname')
    if (isFinal) this.settings.set('hostname', { ...known, words: [known?.words[0] ?? '%h'] })
    for (const file of files) this.#readFile(file, true, 0)
  }

  /** @param isOpen whether its lines count before its first Host or Match: false below a block that does not */
  #readFile(file: ConfigFile, isOpen: boolean, depth: number): void {
    const read = this.#around.files.read(file)
    if (read.kind === 'broken') this.#report(read.problem)
    if (read.kind !== 'lines') return
    let isActive = isOpen
    read.lines.forEach((line, index) => {
      if (line.keyword === 'host') isActive = isOpen && this.#hostMatches(line)
      else if (line.keyword === 'match') isActive = isOpen && this.#matchMatches(line, read.lines, index)
      else if (line.keyword === 'include') this.#include(line, file, isActive, depth)
      else if (isActive) this.#take(line)
    })
  }

  #hostMatches(line: Directive): boolean {
    let found = false
    for (const pattern of this.#words(line)) {
      if (!pattern.startsWith('!')) found ||= wildcardMatches(pattern, this.#name)
      else if (wildcardMatches(pattern.slice(1), this.#name)) return false
    }
    return found
  }

  #matchMatches(line: Directive, lines: readonly Directive[], index: number): boolean {
    const matched = matchLine(
      line,
      {
        name: this.#name,
        hostName: this.settings.get('hostname')?.words[0],
        user: this.settings.get('user')?.words[0],
        port: this.settings.get('port')?.words[0],
        tag: this.settings.get('tag')?.words[0],
        isFinal: this.#isFinal,
        decides: () =>
          blockOf(lines, index).some(({ keyword }) => keyword === 'include' || keywordOf(keyword)),
      },
      this.#around,
    )
    if (matched.kind === 'problem') this.#report(matched.problem)
    else this.wantsFinal ||= matched.wantsFinal
    return matched.kind === 'known' && matched.matches
  }

  #include(line: Directive, { isUsers }: ConfigFile, isActive: boolean, depth: number): void {
    if (depth >= LIMITS.sshConfigDepth) {
      this.#report(problem('the files include each other too deeply', line.where))
      return
    }
    for (const pattern of this.#words(line)) {
      for (const path of this.#around.files.included(pattern, isUsers)) {
        this.#readFile({ path, isUsers, isGuarded: true, isNamed: false }, isActive, depth + 1)
      }
    }
  }

  #take(line: Directive): void {
    const keyword = keywordOf(line.keyword)
    if (keyword === undefined) return
    const kind = kindOf(keyword)
    const words = kind === 'rest' ? [line.rest.trim()] : this.#words(line)
    const { where } = line
    if (words[0] === undefined || words[0] === '') this.#report(problem('here is no value', where))
    else if (words.length > 1 && kind !== 'several')
      this.#report(problem(`here is more than one value: ${words.join(' ')}`, where))
    else this.#keep(keyword, { words, where })
  }

  #keep(keyword: Keyword, setting: Setting): void {
    if (kindOf(keyword) === 'list') {
      const list = this.lists.get(keyword) ?? []
      const isNew = !list.some(known => known.words[0] === setting.words[0])
      if (isNew) this.lists.set(keyword, [...list, setting])
      return
    }
    const rival =
      keyword === 'proxyjump' ? 'proxycommand' : keyword === 'proxycommand' ? 'proxyjump' : keyword
    if (!this.settings.has(keyword) && !this.settings.has(rival)) this.settings.set(keyword, setting)
  }

  #words(line: Directive): readonly string[] {
    const words = splitWords(line.rest)
    if (words === undefined) this.#report(problem('a quote is not closed', line.where))
    return words ?? []
  }

  #report(found: Problem): void {
    this.problems.push(found)
  }
}

/** The lines that a Host or Match line decides about. */
function blockOf(lines: readonly Directive[], index: number): readonly Directive[] {
  const end = lines.findIndex(({ keyword }, at) => at > index && (keyword === 'host' || keyword === 'match'))
  return lines.slice(index + 1, end < 0 ? lines.length : end)
}

export function problem(message: string, where: Where | undefined, hint?: string): Problem {
  return {
    code: 'ssh_config',
    severity: 'error',
    message,
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  }
}
