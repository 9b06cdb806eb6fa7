import { type Dirent, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { LIMITS } from '../../model/limits.ts'
import { readText } from '../read-text.ts'
import type { InventoryDraft, Settings } from './draft.ts'
import { warnOfReadableSecrets } from './readable-secrets.ts'
import { readVarsYaml } from './vars-yaml.ts'

/** A folder that may hold `group_vars/` and `host_vars/`: beside an inventory file, or the playbook's. */
export interface VarsBase {
  readonly path: string
  /** How the user named it; prefix of the names in problems. */
  readonly shownAs: string
}

export type VarsFolder = 'group_vars' | 'host_vars'

/**
 * Finds and reads variables that lie in files of their own, each file once. Problems go to the draft.
 * (https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#organizing-host-and-group-variables)
 */
export class VarsFiles {
  readonly #draft: InventoryDraft
  /** Names in each folder, so that ten thousand hosts do not mean ten thousand looks. */
  readonly #listings: Readonly<Record<VarsFolder, Map<VarsBase, ReadonlySet<string>>>> = {
    group_vars: new Map(),
    host_vars: new Map(),
  }
  readonly #settings = new Map<string, Settings>()

  constructor(draft: InventoryDraft) {
    this.#draft = draft
  }

  /** What `base/group_vars/name` or `base/host_vars/name` says, with `.yml`, `.yaml`, `.json` or as a folder. */
  of(base: VarsBase, folder: VarsFolder, name: string): Settings | undefined {
    const names = this.#listing(base, folder)
    if (names.size === 0) return undefined
    const found = EXTENSIONS.map(extension => name + extension).find(file => names.has(file))
    if (found === undefined) return undefined
    const key = join(base.path, folder, found)
    const known = this.#settings.get(key)
    if (known !== undefined) return known
    const settings: Settings = new Map()
    for (const file of filesIn(key, join(base.shownAs, folder, found), 0)) this.#read(file, settings)
    this.#settings.set(key, settings)
    return settings
  }

  #listing(base: VarsBase, folder: VarsFolder): ReadonlySet<string> {
    const known = this.#listings[folder].get(base)
    if (known !== undefined) return known
    const names = new Set(entriesOf(join(base.path, folder)).map(entry => entry.name))
    this.#listings[folder].set(base, names)
    return names
  }

  #read(file: VarsBase, settings: Settings): void {
    const source = readText(file.path, { shownAs: file.shownAs, limit: LIMITS.varsFileBytes })
    if (source.kind === 'unreadable') return void this.#draft.report(source.problem)
    if (source.text.startsWith('$ANSIBLE_VAULT;')) {
      return void this.#draft.report({
        code: 'file_encoding',
        severity: 'error',
        message: `${file.shownAs} is encrypted with ansible-vault, which drover cannot read`,
        where: { file: file.shownAs, line: 1, col: 1, source: source.text.split('\n', 1)[0] ?? '' },
        hint: 'decrypt it with "ansible-vault decrypt", or keep it out of the folders that drover reads',
      })
    }
    const read = readVarsYaml(source)
    this.#draft.report(...read.errors)
    this.#draft.warn(...read.warnings)
    warnOfReadableSecrets(this.#draft, source, read.settings)
    for (const [name, setting] of read.settings) settings.set(name, setting)
  }
}

/** In the order in which Ansible looks; the first one that exists counts. */
const EXTENSIONS = ['', '.yml', '.yaml', '.json']

const DEEPEST = 20

/** The file itself, or all files of variables below a folder, sorted. */
function filesIn(path: string, shownAs: string, depth: number): VarsBase[] {
  if (!isFolder(path)) return [{ path, shownAs }]
  if (depth > DEEPEST) return []
  return entriesOf(path)
    .filter(({ name }) => !name.startsWith('.') && !name.endsWith('~'))
    .filter(({ name }) => EXTENSIONS.includes(extname(name)))
    .filter(({ name }) => extname(name) === '' || !isFolder(join(path, name)))
    .flatMap(({ name }) => filesIn(join(path, name), join(shownAs, name), depth + 1))
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
