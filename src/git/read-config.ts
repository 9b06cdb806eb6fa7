import type { GitRemote } from '../model/git.ts'
import { type NoGit, noGit, refusalOf } from './refusal.ts'
import { withoutUser } from './remote-url.ts'
import { runGit } from './run-git.ts'

/** What of a repository's configuration counts here. */
export interface GitConfig {
  /** By name, in the order of the file: the first URL of each. */
  readonly remotes: ReadonlyMap<string, string>
  /** For each branch its upstream's remote. */
  readonly upstreams: ReadonlyMap<string, string>
  /** Filters for which the repository itself, and not its user, names programs. */
  readonly ownFilters: readonly string[]
}

/** Reads the configuration that holds in a folder; in no repository only the user's own. */
export async function readConfig(folder: string): Promise<GitConfig | NoGit> {
  const answer = await runGit(['config', '--list', '--null', '--show-scope'], { folder })
  if (answer.kind !== 'ended' || answer.code !== 0) return refusalOf(answer, folder)
  const config = parseConfig(answer.stdout)
  const odd = config.ownFilters.find(name => name.includes('='))
  // `-c` takes what comes before the first `=` for the name.
  return odd === undefined ? config : oddFilter(odd)
}

const oddFilter = (name: string) =>
  noGit('failed', `the repository sets a filter with an odd name, "${name}"`)

/** @param listed what `git config --list --null --show-scope` writes: a scope, then a name and its value */
export function parseConfig(listed: string): GitConfig {
  const remotes = new Map<string, string>()
  const upstreams = new Map<string, string>()
  const ownFilters = new Set<string>()
  const fields = listed.split('\0')
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope = '', setting = ''] = [fields[at], fields[at + 1]]
    const end = setting.indexOf('\n')
    const [name, value] = end < 0 ? [setting, ''] : [setting.slice(0, end), setting.slice(end + 1)]
    const [, section = '', subsection = '', key = ''] = /^([^.]*)\.(.*)\.([^.]*)$/s.exec(name) ?? []
    if (section === 'remote' && key === 'url' && !remotes.has(subsection)) remotes.set(subsection, value)
    if (section === 'branch' && key === 'remote') upstreams.set(subsection, value)
    const isOwn = scope === 'local' || scope === 'worktree'
    if (section === 'filter' && isOwn) ownFilters.add(subsection)
  }
  return { remotes, upstreams, ownFilters: [...ownFilters] }
}

/** The remote of the branch's upstream; else `origin`, or the only one. */
export function remoteOf({ remotes, upstreams }: GitConfig, branch?: string): GitRemote | undefined {
  const upstream = branch === undefined ? undefined : upstreams.get(branch)
  const only = remotes.size === 1 ? [...remotes.keys()] : []
  const name = [upstream, 'origin', ...only].find(one => one !== undefined && remotes.has(one))
  const url = name === undefined ? undefined : remotes.get(name)
  return name === undefined || url === undefined ? undefined : { name, url: withoutUser(url) }
}

/**
 * Settings that keep the repository's own filters from being run; where a file needs one that is `required`, git
 * refuses it in place of taking it unfiltered.
 */
export function withoutFilters({ ownFilters }: GitConfig, required: boolean): readonly string[] {
  return ownFilters.flatMap(name => [
    ...['clean', 'smudge', 'process'].map(key => `filter.${name}.${key}=`),
    `filter.${name}.required=${required}`,
  ])
}
