import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLParseError,
} from 'yaml'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { decryptValue, encryptValue, isEncrypted, whyNoRecipient } from './age.ts'
import { cutValues } from './cut-values.ts'

/**
 * A file of secrets: YAML with the `recipients:` of age that can read it, and a map `secrets:` of names to values, each
 * encrypted by itself. Names, comments and order are there for everybody to see.
 */
export class SecretFile {
  readonly #doc: Document.Parsed
  readonly #file: string
  readonly #text: string

  /**
   * @param file as the user named it
   * @throws ProblemsError where the text is no such file
   */
  constructor(text: string, file: string) {
    this.#file = file
    this.#text = text
    this.#doc = parseDocument(text, { uniqueKeys: true })
    const [error] = this.#doc.errors
    if (error !== undefined) this.#refuse(noYaml(error))
    const bad = this.recipients.find(recipient => whyNoRecipient(recipient) !== undefined)
    if (bad !== undefined) this.#refuse(`the recipient ${bad}: ${whyNoRecipient(bad)}`)
    this.#pairs()
  }

  get recipients(): readonly string[] {
    const list = this.#doc.get('recipients', true) as unknown
    if (!isSeq(list) || list.items.length === 0)
      this.#refuse('it has no recipients: a list of public keys of age')
    return list.items.map(item =>
      isScalar(item) ? String(item.value) : this.#refuse('a recipient is a text'),
    )
  }

  /** Names to values as they stand in the file. */
  get values(): ReadonlyMap<string, string> {
    return new Map(this.#pairs().map(([name, scalar]) => [name, textOf(scalar)]))
  }

  /** Of those values: see `cutValues`. */
  cutValues(names: Iterable<string>): readonly Problem[] {
    return cutValues(this.#text, this.#file, names)
  }

  /** The file with other recipients; all values are theirs to read only when they are encrypted again. */
  withRecipients(recipients: readonly string[]): SecretFile {
    const copy = this.#copy()
    copy.#doc.set('recipients', copy.#doc.createNode([...recipients]))
    return copy
  }

  /** The file with other values for some of its names. */
  withValues(values: ReadonlyMap<string, string>): SecretFile {
    const copy = this.#copy()
    for (const [name, scalar] of copy.#pairs()) {
      const value = values.get(name)
      if (value === undefined || value === textOf(scalar)) continue
      scalar.value = value
      delete scalar.type
      delete scalar.source
    }
    return copy
  }

  toString(): string {
    return this.#doc.toString({ lineWidth: 0 })
  }

  #copy(): SecretFile {
    return new SecretFile(this.toString(), this.#file)
  }

  #pairs(): readonly (readonly [name: string, value: Scalar])[] {
    const map = this.#doc.get('secrets', true) as unknown
    if (map === undefined || map === null || (isScalar(map) && map.value === null)) return []
    if (!isMap(map)) this.#refuse('secrets: is a map of names to values')
    return (map.items as Pair[]).map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : this.#refuse('a name is a text')
      if (!isScalar(value)) this.#refuse(`the value of ${name} is no text`)
      // They stay where they are when the value is encrypted, and may be the secret itself: `!Ab3de`, without quotes.
      if (value.tag !== undefined || value.anchor !== undefined)
        this.#refuse(`the value of ${name} begins with ! or &; put it in quotes`)
      return [name, value]
    })
  }

  #refuse(why: string): never {
    throw secretFileProblem(`${this.#file} is no file of secrets: ${why}`)
  }
}

/** What is wrong and where, in no words of the file's: they may be a secret in the clear. */
function noYaml({ code, linePos }: YAMLParseError): string {
  const at = linePos === undefined ? '' : ` at line ${linePos[0].line}, column ${linePos[0].col}`
  return `it is no YAML${at} (${code.toLowerCase().replaceAll('_', ' ')})`
}

/** Numbers and the like as they are written. */
function textOf({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? (value === null ? '' : String(value)))
}

/** A new file, without secrets yet. */
export function newSecretFile(recipients: readonly string[]): string {
  const list = recipients.map(recipient => `  - ${recipient}\n`).join('')
  return `# Encrypted with age, value by value: drover secrets edit FILE\nrecipients:\n${list}secrets: {}\n`
}

/** @throws ProblemsError where the identities do not fit, or a value is not encrypted */
export async function decrypted(
  file: SecretFile,
  identities: readonly string[],
  shownAs: string,
  names: Iterable<string> = file.values.keys(),
): Promise<ReadonlyMap<string, string>> {
  const { values } = file
  const plain = new Map<string, string>()
  for (const name of names) {
    const value = values.get(name)
    if (value === undefined)
      throw secretFileProblem(
        `${shownAs} has no secret "${name}"`,
        `it has ${[...values.keys()].join(', ') || 'none'}`,
      )
    if (!isEncrypted(value))
      throw secretFileProblem(
        `${shownAs} holds "${name}" in the clear`,
        `drover secrets encrypt ${shownAs} encrypts what is not`,
      )
    plain.set(name, await decryptedValue(value, identities, shownAs, name))
  }
  return plain
}

async function decryptedValue(
  value: string,
  identities: readonly string[],
  file: string,
  name: string,
): Promise<string> {
  try {
    return await decryptValue(value, identities)
  } catch (error) {
    const isOthers = /no identity matched/.test(String(error))
    throw secretFileProblem(
      `${file} cannot be decrypted: ${isOthers ? 'your identity is none of its recipients' : `"${name}" is ${/no text/.test(String(error)) ? 'no text in UTF-8' : 'damaged'}`}`,
      isOthers ? 'somebody who can read it adds you: drover secrets rekey FILE --add age1…' : undefined,
    )
  }
}

/**
 * A file with its values encrypted. A value that is the same as before keeps its ciphertext, so that only what changed
 * shows in a history; for other recipients all of them are encrypted anew.
 */
export async function encrypted(
  plain: SecretFile,
  before?: { readonly file: SecretFile; readonly plain: ReadonlyMap<string, string> },
): Promise<SecretFile> {
  const { recipients } = plain
  const isSame = before !== undefined && sameMembers(before.file.recipients, recipients)
  const made = new Map<string, string>()
  for (const [name, value] of plain.values) {
    const known = isSame && before.plain.get(name) === value ? before.file.values.get(name) : undefined
    made.set(name, known ?? (await encryptValue(value, recipients)))
  }
  return plain.withValues(made)
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join()
}

export function secretFileProblem(message: string, hint?: string): ProblemsError {
  const problem: Problem = { code: 'secret_file', severity: 'error', message }
  return new ProblemsError([hint === undefined ? problem : { ...problem, hint }])
}
