/** A command that a CI system would obey. */
export interface CiCommand {
  readonly name: string
  readonly text: string
}

const GITHUB_COMMANDS =
  'add-mask add-matcher add-path debug echo endgroup error group internal-set-repo-path notice remove-matcher save-state set-env set-output stop-commands warning'.split(
    ' ',
  )

/**
 * What GitHub's runner takes for commands, as its reader of lines does: CR, LF and CRLF end a line; `::name …::` after
 * white space; and `##[name …]` anywhere.
 */
export function githubCommands(log: string): CiCommand[] {
  return log.split(/\r\n|\r|\n/).flatMap(line => {
    const [, start, data] = /^\s*::(.*?)::(.*)$/s.exec(line) ?? /##\[(.*?)\](.*)$/s.exec(line) ?? []
    const name = start?.split(' ')[0] ?? ''
    return GITHUB_COMMANDS.includes(name) ? [{ name, text: `${start?.slice(name.length)}|${data}` }] : []
  })
}

/** What GitLab takes for the beginning or the end of a section. */
export function gitlabSections(log: string): CiCommand[] {
  const marks = log.matchAll(/section_(start|end):(\d+):([\w.-]+)(?:\[[^\]]*\])?\r\x1b\[0K/g)
  return [...marks].map(([, name = '', , text = '']) => ({ name, text }))
}
