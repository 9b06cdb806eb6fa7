/**
 * What the words of a simple command have come to: `start`, none that matters yet; `shell`, one was the name of a shell;
 * `script`, after `sh -c`; `prints`, `printf`; `names`, one takes names of variables after some options; `declares` and
 * `exports`, it declares variables; `eval`. What comes next in `script` and `eval` is read as code once more, at least by some shell.
 */
export type Reads =
  | 'start'
  | 'plain'
  | 'shell'
  | 'script'
  | 'prints'
  | 'names'
  | 'declares'
  | 'exports'
  | 'eval'

/** They run what follows `-c`. */
const SHELL = /^(?:.*\/)?(?:(?:ba|da|z|k|mk|a|c|tc|fi)?sh|su|runuser|flock|script)$/
/**
 * Commands that read an argument as code, or evaluate a subscript in it, as zsh does wherever it takes a number; `eval`
 * counts wherever it stands.
 */
const EVALUATES =
  /^(?:trap|alias|let|unset|read|mapfile|readarray|complete|compgen|exit|return|shift|break|continue|repeat)$/
/** What may stand before the name of a command: reserved words, assignments. */
const LEADS =
  /^(?:!|\{|if|then|else|elif|while|until|do|time|command|builtin|exec|[A-Za-z_]\w*(?:\[.*\])?\+?=.*)$/

/** Options of `declare` for numbers (`-i`, `-E`, `-F`) and references (`-n`): what is assigned later is evaluated. */
export const EVALUATING_TYPE = /^[-+]\w*[inEF]/

/** Variables whose values shells evaluate or run: numbers of theirs, prompts, files that they read at the start. */
const EVALUATED =
  /^(?:OPTIND|RANDOM|SRANDOM|SECONDS|HISTCMD|HISTSIZE|SAVEHIST|COLUMNS|LINES|E?UID|E?GID|SHLVL|FUNCNEST|MAILCHECK|KEYTIMEOUT|LISTMAX|TRY_BLOCK_(?:ERROR|INTERRUPT)|ERRNO|TMOUT|PERIOD|LOGCHECK|PS\d|R?PROMPT|PROMPT_COMMAND|BASH_ENV|ENV)\+?=/

/** `word`: the next finished word of the command, '' for one that is not plain. */
export function after(reads: Reads, word: string): Reads {
  if (word === 'eval') return 'eval'
  switch (reads) {
    case 'eval':
      return 'eval'
    case 'start':
      return word === '' || LEADS.test(word) ? 'start' : commandNamed(word)
    case 'plain':
      return SHELL.test(word) ? 'shell' : 'plain'
    case 'prints':
    case 'names':
      return /^-(?:v|[tRA]$)/.test(word) ? 'eval' : reads
    case 'declares':
      return EVALUATING_TYPE.test(word) ? 'eval' : 'declares'
    case 'exports':
      return reads
    case 'shell':
    case 'script':
      if (/^-[a-zA-Z]*c[a-zA-Z]*$/.test(word)) return 'script'
      return reads === 'script' && word.startsWith('-') ? 'script' : 'shell'
  }
}

function commandNamed(name: string): Reads {
  if (EVALUATES.test(name)) return 'eval'
  if (name === 'printf') return 'prints'
  if (/^(?:test|\[|print|set)$/.test(name)) return 'names'
  if (/^(?:declare|typeset|local)$/.test(name)) return 'declares'
  if (name === 'export') return 'exports'
  return SHELL.test(name) ? 'shell' : 'plain'
}

/** Why a value cannot stand in a word that begins like this, as far as the beginning is plain. */
export function refusedAfter(lead: string, reads: Reads): string | undefined {
  if (EVALUATED.test(lead)) return `in ${lead.replace(/\+?=.*/s, '')}, which some shells evaluate`
  if (/^\w*\[[^\]]*$/.test(lead)) return 'inside NAME[…], which some shells evaluate'
  const declares = (reads === 'declares' || reads === 'exports') && !/^[A-Za-z_]\w*(?:\[.*\])?\+?=/.test(lead)
  return declares ? 'in the name of a variable, which some shells evaluate' : undefined
}
