import { isIPv6 } from 'node:net'
import { didYouMean } from '../../model/did-you-mean.ts'
import { secretOrValue } from '../../model/secret-name.ts'
import { literalText } from '../yaml/literal-text.ts'
import { addHosts } from './add-hosts.ts'
import { isAnsibleName } from './connection-names.ts'
import type { Dialect, GroupDraft, InventoryDraft, Settings } from './draft.ts'
import { type HostWord, splitHostLine } from './host-line.ts'
import { type HostPattern, hostPattern } from './host-range.ts'
import { type Fault, type IniLine, type IniSection, problemAt, whereIn } from './ini-lines.ts'
import { isGroupName, NAME_RULE } from './names.ts'

/**
 * Reads an Ansible-style inventory into the draft as Ansible's ini plugin does
 * (https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html). What is wrong goes to
 * the draft's problems, and reading goes on.
 */
export function readAnsibleIni(draft: InventoryDraft, file: string, sections: readonly IniSection[]): void {
  let current: Section | undefined = { kind: 'hosts', group: draft.group('ungrouped') }
  for (const { header, lines } of sections) {
    const reader = new LineReader(draft, file)
    const isHost = header !== undefined && isIPv6(header.title)
    if (header !== undefined && !isHost) current = openSection(draft, file, header)
    if (current === undefined) continue
    for (const line of isHost ? [header, ...lines] : lines) reader.read(current, line)
  }
}

type Kind = 'hosts' | 'children' | 'vars'

interface Section {
  readonly kind: Kind
  readonly group: GroupDraft
}

const KINDS: readonly string[] = ['hosts', 'children', 'vars']

function isKind(word: string): word is Kind {
  return KINDS.includes(word)
}

/** Undefined, with a problem reported, where the header makes no sense: the lines under it would not either. */
function openSection(
  draft: InventoryDraft,
  file: string,
  header: NonNullable<IniSection['header']>,
): Section | undefined {
  const colon = header.title.indexOf(':')
  const name = colon < 0 ? header.title : header.title.slice(0, colon)
  const kind = colon < 0 ? 'hosts' : header.title.slice(colon + 1)
  const fault = headerFault(header, name, kind)
  if (fault !== undefined) draft.report(problemAt(file, header, fault))
  if (!isKind(kind) || !isGroupName(name)) return undefined
  if (kind !== 'vars') return { kind, group: draft.declare(name) }
  return { kind, group: draft.mention(name, whereIn(file, header, 1, name.length)) }
}

function headerFault(header: IniLine, name: string, kind: string): Fault | undefined {
  if (/\s/.test(name + kind)) {
    return syntax('a section header holds no white space', 1, header.text.indexOf(']') - 1)
  }
  if (name === '') return syntax('a section has no name', 0, header.text.indexOf(']') + 1)
  if (!isKind(kind)) {
    const hint = didYouMean(kind, KINDS) ?? 'a section is [group], [group:children] or [group:vars]'
    return syntax(`a section cannot be of kind "${kind}"`, name.length + 2, kind.length, hint)
  }
  if (!isGroupName(name))
    return { ...syntax(`"${name}" cannot name a group`, 1, name.length, NAME_RULE), code: 'inventory_name' }
  const semicolon = /\]\s*;/.exec(header.text)
  if (semicolon === null) return undefined
  return syntax(
    'a comment after a section header starts with #, not with ;',
    semicolon.index + semicolon[0].length - 1,
    1,
  )
}

function syntax(message: string, offset: number, length: number, hint?: string): Fault {
  return { code: 'inventory_syntax', message, offset, length, hint }
}

/** Reads the lines of one file, each by the kind of its section. */
class LineReader {
  readonly #draft: InventoryDraft
  readonly #file: string
  /** The line before ends in a backslash, which has been told: this one was meant to be its rest. */
  #isCut = false
  #hasStrayVariable = false

  constructor(draft: InventoryDraft, file: string) {
    this.#draft = draft
    this.#file = file
  }

  read({ kind, group }: Section, line: IniLine): void {
    switch (kind) {
      case 'hosts':
        return void this.#hosts(group, line)
      case 'children':
        return void this.#child(group, line)
      case 'vars':
        return void this.#variable(group, line)
    }
  }

  #hosts(group: GroupDraft, line: IniLine): void {
    const split = splitHostLine(line.text)
    const isRest = this.#isCut
    this.#isCut = 'code' in split && line.text.endsWith('\\')
    if (isRest) return
    if ('code' in split) return void this.#report(line, split)
    const [first, ...rest] = split.words
    if (first === undefined) return
    const variable = /^(\w+)=/.exec(first.text)?.[1]
    if (variable !== undefined) return void this.#strayVariable(group, line, variable, first)
    const stray = rest.find(word => word.text.indexOf('=') < 1)
    if (stray !== undefined) return void this.#report(line, noAssignment(line, first, stray))
    const settings: Settings = new Map()
    const dialect = rest.some(word => isAnsibleName(word.text.split('=', 1)[0] ?? '')) ? 'ansible' : 'drover'
    for (const word of rest) this.#assign(settings, line, word, dialect)
    if (split.cut !== undefined) this.#warnOfCut(line, split.cut)
    const pattern = this.#pattern(first.text)
    if ('code' in pattern) return void this.#report(line, pattern, first.offset)
    const where = whereIn(this.#file, line, first.offset, first.end - first.offset)
    addHosts(this.#draft, group, pattern, where, settings)
  }

  /** Where a host is expected; told once a section, for the next lines are of the same kind. */
  #strayVariable(group: GroupDraft, line: IniLine, name: string, word: HostWord): void {
    if (this.#hasStrayVariable) return
    this.#hasStrayVariable = true
    const section = group.name === 'ungrouped' ? 'all' : group.name
    const hint = `a group's variables go under [${section}:vars], a host's behind its name; with one section a host, each has a line host = ADDRESS`
    this.#report(
      line,
      syntax(`"${name}=" stands where a host is expected`, word.offset, name.length + 1, hint),
    )
  }

  #pattern(text: string): HostPattern | Fault {
    if (text === '') return syntax('a host has no name', 0, 2)
    if (text.startsWith('[') && !text.includes(']')) {
      return syntax('a section header is never closed', 0, text.length, 'add "]"')
    }
    if (text === '---') return syntax('this is YAML, not INI', 0, 3, 'an inventory is an INI file')
    return hostPattern(text)
  }

  #assign(settings: Settings, line: IniLine, { text, offset, end }: HostWord, dialect: Dialect): void {
    const equals = text.indexOf('=')
    const name = text.slice(0, equals)
    const where = whereIn(this.#file, line, offset, end - offset)
    const value = secretOrValue(name, literalText(text.slice(equals + 1)))
    settings.set(name, { value, where, dialect })
  }

  #child(group: GroupDraft, line: IniLine): void {
    const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1]
    if (name === undefined || !isGroupName(name)) {
      const hint = 'a [group:children] section has one group name a line'
      return void this.#report(
        line,
        syntax(`"${line.text}" is not the name of a group`, 0, line.text.length, hint),
      )
    }
    this.#draft.adopt(group, name, whereIn(this.#file, line, 0, name.length))
  }

  /** In `[group:vars]` everything after `=` is the value. */
  #variable(group: GroupDraft, line: IniLine): void {
    const equals = line.text.indexOf('=')
    const name = line.text.slice(0, Math.max(equals, 0)).trim()
    if (name === '') {
      const hint = 'a [group:vars] section has one name=value a line'
      return void this.#report(line, syntax('this is not name=value', 0, line.text.length, hint))
    }
    const value = literalText(line.text.slice(equals + 1).trim())
    const where = whereIn(this.#file, line)
    if (name !== 'ansible_group_priority') {
      group.settings.set(name, { value: secretOrValue(name, value), where, dialect: 'open' })
    } else if (/^[+-]?\d{1,9}$/.test(value)) {
      group.priority = Number(value)
    } else {
      const fault = syntax('a group priority is a whole number', equals + 1, line.text.length - equals - 1)
      this.#report(line, { ...fault, code: 'inventory_value' })
    }
  }

  #report(line: IniLine, fault: Fault, shift = 0): void {
    this.#draft.report(problemAt(this.#file, line, fault, shift))
  }

  #warnOfCut(line: IniLine, offset: number): void {
    this.#draft.warn({
      code: 'inventory_syntax',
      severity: 'warning',
      message: 'the value ends here: # starts a comment, as in Ansible, even inside a word',
      where: whereIn(this.#file, line, offset, 1),
      hint: 'quote the value if the # belongs to it',
    })
  }
}

/** The first word that is no assignment; what follows it would only be told the same way. */
function noAssignment(line: IniLine, host: HostWord, { text, offset, end }: HostWord): Fault {
  const length = end - offset
  if (text.startsWith(';')) {
    return syntax('a comment after a host starts with #, not with ;', offset, length)
  }
  if (text.startsWith('=')) {
    const hint = 'a host and its address are written as NAME ansible_host=ADDRESS'
    return syntax(`"${host.text} =" is not a host with its variables`, offset, length, hint)
  }
  const hint = 'write name=value without spaces around =; one host a line'
  // The word may be the rest of a password with a space in it.
  const isShown = line.source.includes(line.text) && text !== ''
  return syntax(`${isShown ? `"${text}"` : 'this'} is not name=value`, offset, length, hint)
}
