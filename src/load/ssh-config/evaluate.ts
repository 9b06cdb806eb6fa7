import { LIMITS } from '../../model/limits.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { anyMatches, listMatches } from '../../model/wildcard.ts'
import type { CheckedLine } from './checked-line.ts'
import type { ConfigFile, ConfigFiles } from './files.ts'
import { readJumps } from './jump.ts'
import { type Keyword, keywordOf, syntaxOf } from './keywords.ts'
import { asksForFinal, type MatchAsker, matchLine } from './match.ts'
import { problem } from './problem.ts'
import { expandTokens } from './tokens.ts'
import { restOf } from './words.ts'

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

const BYTE_ORDER_MARK = '\ufeff'
const UNKNOWN_HINT = 'ssh refuses it too; what another ssh has is passed over with IgnoreUnknown'

class Evaluation implements Answer {
  readonly settings = new Map<Keyword, Setting>()
  readonly lists = new Map<Keyword, Setting[]>()
  readonly problems: Problem[] = []
  wantsFinal = false
  readonly #name: string
  readonly #around: MatchAsker & { readonly files: ConfigFiles }
  /** In the second pass: the name that is connected to, which `Host` is about then. */
  #finalName: string | undefined
  #ignored: string | undefined
  #isTooDeep = false

  constructor({ name, user, port, jump }: Query, around: MatchAsker & { readonly files: ConfigFiles }) {
    this.#name = name
    this.#around = around
    if (user !== undefined) this.settings.set('user', { words: [user] })
    if (port !== undefined) this.settings.set('port', { words: [String(port)] })
    if (jump !== undefined) this.settings.set('proxyjump', { words: [jump] })
  }

  pass(files: readonly ConfigFile[], isFinal = false): void {
    // By then ssh has made up its mind about the address.
    const known = this.settings.get('hostname')
    if (isFinal) {
      const { text } = expandTokens(known?.words[0] ?? '%h', { h: this.#name })
      this.#finalName = text.toLowerCase()
      this.settings.set('hostname', { ...known, words: [known?.words[0] ?? '%h'] })
    }
    for (const file of files) this.#readFile(file, true, 0)
  }

  /** @param isOpen whether its lines count before its first Host or Match: false below a block that does not */
  #readFile(file: ConfigFile, isOpen: boolean, depth: number): void {
    const read = this.#around.files.read(file)
    if (read.kind === 'broken') this.problems.push(read.problem)
    if (read.kind !== 'lines') return
    let isActive = isOpen
    read.lines.forEach((line, index) => {
      if (line.problem !== undefined) this.problems.push(line.problem)
      else if (line.isUnknown) this.#passOver(line)
      else if (line.keyword === 'host')
        isActive = isOpen && anyMatches(line.words, this.#finalName ?? this.#name)
      else if (line.keyword === 'match') isActive = this.#matchMatches(line, read.lines, index, isOpen)
      else if (line.keyword === 'include') this.#include(line, file, isActive, depth)
      else if (isActive) this.#take(line)
    })
  }

  #matchMatches(line: CheckedLine, lines: readonly CheckedLine[], index: number, isOpen: boolean): boolean {
    // What cannot count is not asked for, but a second pass is.
    if (!isOpen) this.wantsFinal ||= asksForFinal(line)
    if (!isOpen) return false
    const matched = matchLine(
      line,
      {
        name: this.#name,
        hostName: this.settings.get('hostname')?.words[0],
        user: this.settings.get('user')?.words[0],
        port: this.settings.get('port')?.words[0],
        tag: this.settings.get('tag')?.words[0],
        isFinal: this.#finalName !== undefined,
        decides: () =>
          blockOf(lines, index).some(({ keyword }) => keyword === 'include' || keywordOf(keyword)),
      },
      this.#around,
    )
    if (matched.kind === 'problem') this.problems.push(matched.problem)
    else this.wantsFinal ||= matched.wantsFinal
    return matched.kind === 'known' && matched.matches
  }

  #include({ words, where }: CheckedLine, { isUsers }: ConfigFile, isActive: boolean, depth: number): void {
    for (const pattern of words) {
      const included = this.#around.files.included(pattern, isUsers)
      // Files that include each other twice would be read for ever.
      if (this.#isTooDeep) return
      if (included.length > 0 && depth >= LIMITS.sshConfigDepth) {
        this.#isTooDeep = true
        this.problems.push(problem('the files include each other too deeply', where))
        return
      }
      for (const path of included) {
        this.#readFile({ path, isUsers, isGuarded: true, isNamed: false }, isActive, depth + 1)
      }
    }
  }

  #take(line: CheckedLine): void {
    const { words, where } = line
    if (line.keyword === 'ignoreunknown') this.#ignored ??= words[0]?.toLowerCase()
    const keyword = keywordOf(line.keyword)
    if (keyword === undefined) return
    // To ssh that is the same as not to have said anything yet.
    if (keyword === 'connecttimeout' && words[0] === 'none') return
    const given = syntaxOf(keyword)?.takes === 'rest' ? [restOf(line)] : words
    if (given.length > 0) this.#keep(keyword, { words: given, where })
  }

  #keep(keyword: Keyword, setting: Setting): void {
    if (syntaxOf(keyword)?.isList === true) {
      const list = this.lists.get(keyword) ?? []
      const isNew = !list.some(known => known.words[0] === setting.words[0])
      if (isNew) this.lists.set(keyword, [...list, setting])
      return
    }
    if (!this.settings.has(keyword) && !this.#hasRivalOf(keyword)) this.settings.set(keyword, setting)
  }

  /** Of ProxyJump and ProxyCommand the first counts, but no command stands back for `ProxyJump none`. */
  #hasRivalOf(keyword: Keyword): boolean {
    if (keyword === 'proxyjump') return this.settings.has('proxycommand')
    const [jump] = this.settings.get('proxyjump')?.words ?? []
    return keyword === 'proxycommand' && jump !== undefined && readJumps(jump)?.kind !== 'none'
  }

  #passOver({ keyword, where }: CheckedLine): void {
    if (this.#ignored !== undefined && listMatches(this.#ignored, keyword)) return
    const [message, hint] = keyword.startsWith(BYTE_ORDER_MARK)
      ? [
          'the file begins with a byte order mark, which ssh takes for a part of the first word',
          'save it without',
        ]
      : [`${keyword} is no keyword of ssh_config(5)`, UNKNOWN_HINT]
    this.problems.push(problem(message, where, hint))
  }
}

/** The lines that a Host or Match line decides about. */
function blockOf(lines: readonly CheckedLine[], index: number): readonly CheckedLine[] {
  const end = lines.findIndex(({ keyword }, at) => at > index && (keyword === 'host' || keyword === 'match'))
  return lines.slice(index + 1, end < 0 ? lines.length : end)
}
