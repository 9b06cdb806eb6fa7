import { readText, type SourceText } from '../read-text.ts'
import { addHosts } from './add-hosts.ts'
import { readAnsibleIni } from './ansible-ini.ts'
import { configparserMark, readConfigparserIni } from './configparser-ini.ts'
import type { InventoryDraft } from './draft.ts'
import { hostPattern } from './host-range.ts'
import { iniSections } from './ini-lines.ts'
import { warnOfReadableSecrets } from './readable-secrets.ts'
import { readScript } from './script.ts'
import type { InventorySource } from './sources.ts'

/** Reads one source into the draft; problems go there too. */
export async function readSource(
  draft: InventoryDraft,
  source: InventorySource,
  signal?: AbortSignal,
): Promise<void> {
  switch (source.kind) {
    case 'file':
      return void readFile(draft, source)
    case 'script':
      return await readScript(draft, source, signal)
    case 'hosts':
      return void readHostList(draft, source)
  }
}

function readFile(draft: InventoryDraft, source: InventorySource & { kind: 'file' }): void {
  const read = readText(source.path, { shownAs: source.name })
  if (read.kind === 'unreadable') return void draft.report(read.problem)
  const foreign = foreignForm(read)
  if (foreign !== undefined) {
    const problem = { code: 'inventory_syntax', message: foreign.message, hint: foreign.hint } as const
    const where = { file: read.file, line: 1, col: 1, source: read.text.split(/\r?\n/, 1)[0] ?? '' }
    if (source.listed) draft.warn({ ...problem, severity: 'warning', where })
    else draft.report({ ...problem, severity: 'error', where })
    return
  }
  const sections = iniSections(read.text)
  const mark = configparserMark(sections)
  if (mark === undefined) readAnsibleIni(draft, read.file, sections)
  else readConfigparserIni(draft, read.file, sections, mark)
  warnOfReadableSecrets(draft, read, allSettings(draft))
}

function* allSettings(draft: InventoryDraft) {
  for (const { settings } of draft.groups.values()) yield* settings
  for (const { settings } of draft.hosts.values()) yield* settings
}

/** After comments: YAML's `---`, or `name:` with something indented under it; or JSON. */
const FOREIGN_START =
  /^(?:\s*(?:#.*)?\n)*\s*(?:---\s|\{(?![{%])|[\w.-]+:[ \t]*(?:#.*)?\r?\n(?:\s*\n)*[ \t]+\S)/

/** What is plainly no INI, and is passed over, with a warning, where it only lies in a folder of inventories. */
function foreignForm({ file, text }: SourceText): { message: string; hint: string } | undefined {
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    const message = `${file} is encrypted with ansible-vault, which drover cannot read`
    return { message, hint: 'decrypt it with "ansible-vault decrypt"' }
  }
  if (text.startsWith('#!') && !/^#!.*ansible/.test(text)) {
    return { message: `${file} is a program, not an inventory`, hint: `to run it, say exec:${file}` }
  }
  if (/\.(?:ya?ml|json|toml)$/i.test(file) || FOREIGN_START.test(text)) {
    return {
      message: `${file} is not INI`,
      hint: 'an inventory is an INI file, or JSON that a program prints (exec:)',
    }
  }
  return undefined
}

/** `-i web1,web2:2222`: names and ports, no ranges. */
function readHostList(draft: InventoryDraft, { hosts, name }: InventorySource & { kind: 'hosts' }): void {
  for (const host of hosts) {
    const where = { file: '-i', line: 1, col: name.indexOf(host) + 1, length: host.length, source: name }
    const pattern = hostPattern(host)
    if (!('code' in pattern)) addHosts(draft, draft.group('ungrouped'), pattern, where)
    else draft.report({ code: pattern.code, severity: 'error', message: pattern.message, where })
  }
}
