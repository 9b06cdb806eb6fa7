import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  parseDocument,
  type Scalar,
  type YAMLError,
} from 'yaml'
import { LIMITS } from '../../model/limits.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { secretOrValue } from '../../model/secret-name.ts'
import { type Value, WrittenNumber } from '../../model/value.ts'
import type { SourceText } from '../read-text.ts'
import { syntaxProblems } from '../yaml/errors.ts'
import { linedText } from '../yaml/source.ts'
import { surveyTokens } from '../yaml/tokens.ts'
import type { Settings } from './draft.ts'
import { withoutSecrets } from './secret-names.ts'

export interface VarsFile {
  readonly settings: Settings
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/**
 * Reads a file of `group_vars/` or `host_vars/`: one YAML mapping, or JSON. These are Ansible's files, so YAML 1.1
 * holds in them (`yes` is true), and of a key that is there twice the last one counts, with a warning. Numbers and
 * dates keep the text they are written as. What ansible-vault encrypted inside the file is left out, with a warning.
 */
export function readVarsYaml(source: SourceText): VarsFile {
  return new VarsReader(source).read()
}

/** Nodes after aliases are resolved: a file of a few lines can stand for billions. */
const MOST_NODES = 200_000

/** A value that is left out: what is wrong with it has been told. */
const NOTHING = Symbol('nothing')

class VarsReader {
  readonly #source: SourceText
  readonly #lines = new LineCounter()
  readonly #errors: Problem[] = []
  readonly #warnings: Problem[] = []
  #document: Document | undefined
  #nodes = 0

  constructor(source: SourceText) {
    this.#source = source
  }

  read(): VarsFile {
    const settings: Settings = new Map()
    const root = this.#parse()
    if (isMap(root)) {
      for (const [name, node] of this.#entries(root, 0)) {
        const value = this.#value(node, 1)
        if (value === NOTHING) continue
        settings.set(name, {
          value: secretOrValue(name, value),
          where: this.#where(node),
          dialect: 'ansible',
        })
      }
    } else if (root !== null) {
      this.#error('a file of variables is a mapping of names to values', root)
    }
    return { settings, errors: this.#errors, warnings: this.#warnings }
  }

  /** The document's root; null where it is empty or not YAML. */
  #parse(): unknown {
    try {
      const options = { version: '1.1', uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const
      const document = parseDocument(this.#source.text, { ...options, lineCounter: this.#lines })
      if (document.errors.length > 0) this.#errors.push(...this.#syntaxProblems(document.errors))
      this.#document = document
      return document.errors.length > 0 ? null : document.contents
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#errors.push({
        ...this.#problem('error', 'this is nested too deep', this.#place(0)),
        code: 'yaml_limit',
      })
      return null
    }
  }

  #syntaxProblems(errors: readonly YAMLError[]): Problem[] {
    const source = linedText(this.#source.file, this.#source.text)
    const { unclosed } = surveyTokens(source, [...new Parser().parse(source.text)])
    return syntaxProblems(source, errors, unclosed).map(({ where, ...problem }) => {
      if (where === undefined) return problem
      return { ...problem, where: { ...where, source: withoutSecrets(where.source ?? '') } }
    })
  }

  /** Names and their nodes; what `<<` merges in comes first, so that the mapping's own keys win. */
  #entries(map: unknown, depth: number): Map<string, unknown> {
    const own = new Map<string, unknown>()
    const merged = new Map<string, unknown>()
    for (const { key, value } of isMap(map) ? map.items : []) {
      if (!isScalar(key)) this.#error('a name must be plain text here; quote a value that starts with {', key)
      else if (key.source === '<<') this.#merge(merged, value, depth)
      else {
        const name = key.source ?? String(key.value)
        if (own.has(name)) this.#warn(`"${name}" is there twice: the last one counts`, key)
        own.set(name, value)
      }
    }
    return new Map([...merged, ...own])
  }

  #merge(into: Map<string, unknown>, node: unknown, depth: number): void {
    const base = this.#resolved(node)
    if (depth > LIMITS.yamlDepth || ++this.#nodes > MOST_NODES) return void this.#tooMuch(node)
    if (isSeq(base)) for (const item of base.items.toReversed()) this.#merge(into, item, depth + 1)
    for (const [name, value] of this.#entries(base, depth + 1)) into.set(name, value)
  }

  #value(written: unknown, depth: number): Value | typeof NOTHING {
    const node = this.#resolved(written)
    if (depth > LIMITS.yamlDepth || ++this.#nodes > MOST_NODES) {
      this.#tooMuch(written)
      return NOTHING
    }
    if (node === null || node === undefined) return null
    const tag = (node as { tag?: string }).tag
    if (tag === '!vault' || tag === '!vault-encrypted') {
      this.#warn(
        'this variable is encrypted with ansible-vault, which drover cannot read: it is left out',
        node,
      )
      return NOTHING
    }
    if (tag?.startsWith('!') && tag !== '!unsafe') return this.#refuse(`unknown tag ${tag}`, node)
    if (isScalar(node)) return this.#scalar(node)
    return isSeq(node) ? this.#list(node.items, depth) : this.#map(node, depth)
  }

  #list(items: readonly unknown[], depth: number): Value {
    return items.map(item => this.#value(item, depth + 1)).filter(value => value !== NOTHING)
  }

  #map(node: unknown, depth: number): Value {
    const map: Record<string, Value> = Object.create(null)
    for (const [name, inner] of this.#entries(node, depth)) {
      const value = this.#value(inner, depth + 1)
      if (value !== NOTHING) map[name] = value
    }
    return map
  }

  #scalar(node: Scalar): Value {
    const { value, source } = node
    // YAML 1.1 says booleans, but Ansible's library does not.
    if (source !== undefined && /^[yn]$/i.test(source)) return source
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
    return new WrittenNumber(source ?? String(value))
  }

  #resolved(node: unknown): unknown {
    if (!isAlias(node) || this.#document === undefined) return node
    const target = node.resolve(this.#document)
    if (target === undefined) this.#error(`there is no anchor &${node.source}`, node)
    return target ?? null
  }

  #tooMuch(node: unknown): void {
    if (this.#errors.some(problem => problem.code === 'yaml_limit')) return
    const problem = this.#problem(
      'error',
      'this is nested too deep, or its aliases stand for too much',
      this.#where(node),
    )
    this.#errors.push({ ...problem, code: 'yaml_limit' })
  }

  #refuse(message: string, node: unknown): typeof NOTHING {
    this.#error(message, node)
    return NOTHING
  }

  #error(message: string, node: unknown): void {
    this.#errors.push(this.#problem('error', message, this.#where(node)))
  }

  #warn(message: string, node: unknown): void {
    this.#warnings.push(this.#problem('warning', message, this.#where(node)))
  }

  #problem(severity: Problem['severity'], message: string, where: Where): Problem {
    return { code: 'inventory_syntax', severity, message, where }
  }

  #where(node: unknown): Where {
    const range = (node as { range?: readonly number[] } | null | undefined)?.range
    return this.#place(range?.[0] ?? 0)
  }

  #place(offset: number): Where {
    const { line, col } = this.#lines.linePos(offset)
    const start = offset - (col - 1)
    const source = /^[^\r\n]*/.exec(this.#source.text.slice(start, start + 4096))?.[0] ?? ''
    return {
      file: this.#source.file,
      line: Math.max(line, 1),
      col: Math.max(col, 1),
      source: withoutSecrets(source),
    }
  }
}
