import { didYouMean } from '../../model/did-you-mean.ts'
import { secretOrValue } from '../../model/secret-name.ts'
import { addHosts } from './add-hosts.ts'
import type { InventoryDraft, Settings } from './draft.ts'
import { hostPattern } from './host-range.ts'
import { type IniLine, type IniSection, problemAt, whereIn } from './ini-lines.ts'
import { isGroupName, NAME_RULE } from './names.ts'

/** A section that is a host has one of these lines. */
const ADDRESS_LINE = /^(?:host|hostname|ip)\s*(?:=|:\s)/i
const ANSIBLE_SECTION = /:(?:vars|children)$/

/**
 * The line by which a file is configparser style: `host = …` in any section (SEMANTICS: "Inventory"). In
 * `[group:vars]` such a line is a variable of Ansible's.
 */
export function configparserMark(sections: readonly IniSection[]): IniLine | undefined {
  return sections
    .filter(section => section.header)
    .map(addressLine)
    .find(line => line !== undefined)
}

function addressLine({ header, lines }: IniSection): IniLine | undefined {
  if (header !== undefined && ANSIBLE_SECTION.test(header.title)) return undefined
  return lines.find(line => ADDRESS_LINE.test(line.text))
}

/** Python's section for what all others inherit. */
const DEFAULTS = 'DEFAULT'

/**
 * Reads an inventory with one section a host. Sections without an address list hosts or groups, one a line or
 * `name = h1, h2`; a `hosts = …` line there means the section itself.
 */
export function readConfigparserIni(
  draft: InventoryDraft,
  file: string,
  sections: readonly IniSection[],
  mark: IniLine,
): void {
  const mixed = ansibleLine(sections)
  if (mixed !== undefined) {
    draft.report({
      code: 'inventory_syntax',
      severity: 'error',
      message: `Ansible's form (line ${mixed.line}) is mixed with one section a host ("${keyOf(mark).name} =" on line ${mark.line})`,
      where: whereIn(file, mixed),
      hint: `write all hosts in one of the two forms; see line ${mark.line}`,
    })
    return
  }
  const reader = new ConfigparserIni(draft, file)
  for (const section of sections) if (addressLine(section)) reader.host(section)
  for (const section of sections) if (!addressLine(section)) reader.list(section)
  reader.fillGroups()
}

/** The first line that only Ansible's form has: a `:vars` or `:children` section, or `name key=value`. */
function ansibleLine(sections: readonly IniSection[]): IniLine | undefined {
  for (const section of sections) {
    if (section.header === undefined && section.lines[0]) return section.lines[0]
    if (section.header && ANSIBLE_SECTION.test(section.header.title)) return section.header
    if (addressLine(section)) continue
    const line = section.lines.find(({ text }) => /^[^\s=,]+\s+[^\s=,]+=/.test(text))
    if (line !== undefined) return line
  }
  return undefined
}

interface Key {
  readonly name: string
  readonly value: string
  /** Where the value starts in the line's text. */
  readonly offset: number
}

/** `name = value` or `name: value`; the value is raw, to the end of the line. */
function keyOf(line: IniLine): Key {
  const match = /^([^=:]*?)\s*[=:]\s*(.*)$/.exec(line.text)
  if (match === null) return { name: '', value: line.text, offset: 0 }
  const [, name = '', value = ''] = match
  return { name, value, offset: line.text.length - value.length }
}

interface Member {
  readonly group: string
  readonly name: string
  readonly line: IniLine
  readonly offset: number
}

class ConfigparserIni {
  readonly #draft: InventoryDraft
  readonly #file: string
  readonly #seen = new Map<string, IniLine>()
  readonly #members: Member[] = []

  constructor(draft: InventoryDraft, file: string) {
    this.#draft = draft
    this.#file = file
  }

  host({ header, lines }: IniSection): void {
    if (header === undefined || this.#isTwice(header, header.title)) return
    const where = whereIn(this.#file, header, 1, header.title.length)
    addHosts(this.#draft, this.#draft.group('ungrouped'), { names: [header.title] }, where, this.#keys(lines))
  }

  #keys(lines: readonly IniLine[]): Settings {
    const settings: Settings = new Map()
    for (const line of lines) {
      const { name, value, offset } = keyOf(line)
      const key = CONNECTION_KEYS.get(name.toLowerCase()) ?? name
      if (name === '') this.#fault(line, 'this is not key = value', 0, line.text.length)
      else if (settings.has(key)) this.#fault(line, again(name, key), 0, name.length)
      else if (value === '' && key === 'host') this.#fault(line, `${name} has no value`, 0, line.text.length)
      else {
        const where = whereIn(this.#file, line, offset)
        settings.set(key, { value: secretOrValue(key, value), where, dialect: 'drover' })
      }
    }
    return settings
  }

  list({ header, lines }: IniSection): void {
    if (header === undefined || this.#isTwice(header, header.title)) return
    if (header.title === DEFAULTS) {
      for (const [key, setting] of this.#keys(lines)) this.#draft.group('all').settings.set(key, setting)
      return
    }
    const stray = lines.find(line => CONNECTION_KEYS.has(keyOf(line).name.toLowerCase()))
    if (stray !== undefined) {
      const message = `[${header.title}] has a ${keyOf(stray).name} but no host`
      return void this.#fault(header, message, 1, header.title.length, 'give it a line "host = address"')
    }
    if (lines.length === 0) this.#declare(header.title, header, 1)
    this.#groups(header.title, lines)
  }

  /** Only what is indented deeper than a key continues its value; all else is about the section itself. */
  #groups(title: string, lines: readonly IniLine[]): void {
    let key: IniLine | undefined
    let group = title
    for (const line of lines) {
      const name = /^([^=,]+?)\s*=/.exec(line.text)
      if (name !== null) {
        key = line
        group = name[1] === undefined || name[1] === 'hosts' ? title : name[1]
      } else if (key === undefined || line.col <= key.col) {
        group = title
      }
      this.#list(group, line, line.text.slice(name?.[0].length ?? 0), name?.[0].length ?? 0)
    }
  }

  #list(group: string, line: IniLine, names: string, shift: number): void {
    if (!this.#declare(group, line, 0)) return
    for (const word of names.matchAll(/[^\s,]+/g)) {
      this.#members.push({ group, name: word[0], line, offset: shift + word.index })
    }
  }

  #declare(name: string, line: IniLine, offset: number): boolean {
    if (isGroupName(name)) this.#draft.declare(name)
    else this.#nameFault(line, `"${name}" cannot name a group`, offset, name, NAME_RULE)
    return isGroupName(name)
  }

  /** Once all hosts and groups are known: a member is a host, a range of hosts, or else a group. */
  fillGroups(): void {
    for (const { group, name, line, offset } of this.#members) {
      const parent = this.#draft.group(group)
      const where = whereIn(this.#file, line, offset, name.length)
      const pattern = hostPattern(name)
      if ('code' in pattern) this.#draft.report(problemAt(this.#file, line, pattern, offset))
      else if (pattern.names.every(host => this.#draft.hosts.has(host)))
        addHosts(this.#draft, parent, pattern, where)
      else if (this.#draft.groups.has(name)) this.#draft.adopt(parent, name, where)
      else {
        const known = [...this.#draft.hosts.keys(), ...this.#draft.groups.keys()]
        const hint = didYouMean(name, known) ?? `add a section [${name}] with its host =`
        this.#nameFault(line, `there is no host or group "${name}"`, offset, name, hint)
      }
    }
  }

  #isTwice(header: IniLine, title: string): boolean {
    const first = this.#seen.get(title)
    if (first === undefined) this.#seen.set(title, header)
    else this.#fault(header, `[${title}] is there twice, first on line ${first.line}`, 0, title.length + 2)
    return first !== undefined
  }

  #fault(line: IniLine, message: string, offset: number, length: number, hint?: string): void {
    this.#draft.report(
      problemAt(this.#file, line, { code: 'inventory_syntax', message, offset, length, hint }),
    )
  }

  #nameFault(line: IniLine, message: string, offset: number, name: string, hint: string): void {
    const length = Math.max(name.length, 1)
    this.#draft.report(problemAt(this.#file, line, { code: 'inventory_name', message, offset, length, hint }))
  }
}

function again(name: string, key: string): string {
  if (name.toLowerCase() === key) return `${name} is there twice`
  return `${name} means the same as ${key}, which is set above`
}

/** Spellings of the connection's keys in sections of hosts, by the name that drover uses. */
const CONNECTION_KEYS: ReadonlyMap<string, string> = new Map([
  ['host', 'host'],
  ['hostname', 'host'],
  ['ip', 'host'],
  ['port', 'port'],
  ['user', 'user'],
  ['username', 'user'],
  ['ssh_host', 'host'],
  ['ssh_port', 'port'],
  ['ssh_user', 'user'],
  ['ssh_password', 'password'],
  ['ssh_pass', 'password'],
  ['password', 'password'],
  ['passwd', 'password'],
  ['pass', 'password'],
  ['pwd', 'password'],
  ['key', 'key'],
  ['keyfile', 'key'],
  ['key_file', 'key'],
  ['key_filename', 'key'],
  ['private_key', 'key'],
  ['identity_file', 'key'],
  ['passphrase', 'passphrase'],
])
