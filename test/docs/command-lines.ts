import { PassThrough } from 'node:stream'
import type { CliContext } from '../../src/cli/context.ts'
import { VERBS } from '../../src/cli/program.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

/** A line to type, found in a page or in a help text. */
export interface CommandLine {
  readonly text: string
  readonly program: CliContext['program']
  readonly words: readonly string[]
}

const CONTEXT: CliContext = {
  ...{
    program: 'drover',
    cwd: '/',
    env: {},
    stdin: process.stdin,
    secrets: new KnownSecrets(),
    exit: () => {},
  },
  stdout: new PassThrough() as unknown as CliContext['stdout'],
  stderr: new PassThrough() as unknown as CliContext['stderr'],
}

/** Every command line in text of which each line is one: a block of code, a help text. */
export function commandLinesIn(text: string): readonly CommandLine[] {
  return text
    .replace(/\\\n +/g, '')
    .split('\n')
    .flatMap(line => {
      const demo = /npm run demo(?: -- (.*))?$/.exec(line.trim())
      if (demo !== null)
        return [{ text: line, program: 'drover', words: ['demo', ...wordsOf(demo[1] ?? '')] }]
      const [, program, rest = ''] =
        /^\s*(?:- run: )?(?:\$ )?(?:npx )?(drover|batch_run|batch_scp) +([-a-z].*)$/.exec(line) ?? []
      if (program === undefined) return []
      // What stands apart is said about the line.
      const words = wordsOf(rest.replace(/ {2,}.*$/, ''))
      return [{ text: line.trim(), program: program as CliContext['program'], words }]
    })
}

/** What prose shows as code: `drover plan`. */
export function commandSpansIn(prose: string): readonly CommandLine[] {
  return [
    ...prose.matchAll(/`((?:npx )?(?:drover|batch_run|batch_scp) [^`\n]*|npm run demo[^`\n]*)`/g),
  ].flatMap(([, span = '']) => commandLinesIn(span))
}

/** Words as a shell splits them, up to `--`, a comment, a pipe or a redirection. */
function wordsOf(text: string): readonly string[] {
  const words = [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word)
  const end = words.findIndex(word => /^(?:--|#.*|[|&;>].*)$/.test(word))
  return (end === -1 ? words : words.slice(0, end)).map(word => word.replace(/["']/g, ''))
}

/** The words of a command line that look like options and are none. */
export async function unknownOptions({ program, words }: CommandLine): Promise<readonly string[]> {
  const known = await optionsOf(program, words[0] ?? '')
  const [first = ''] = words
  if (known === undefined) return [first]
  const given = words.filter(word => /^-./.test(word)).map(word => word.replace(/=.*$/s, ''))
  return given.filter(word => !known.has(word) && !isCluster(word, known))
}

/** `-vv` */
function isCluster(word: string, known: ReadonlySet<string>): boolean {
  return /^-[a-zA-Z]{2,}$/.test(word) && [...word.slice(1)].every(letter => known.has(`-${letter}`))
}

async function optionsOf(
  program: CliContext['program'],
  verb: string,
): Promise<ReadonlySet<string> | undefined> {
  switch (program) {
    case 'batch_run':
      return new Set([...COMMON, '-cmd'])
    case 'batch_scp':
      return new Set([...COMMON, '-action', '-local', '-remote'])
    case 'drover': {
      if (verb.startsWith('-')) return new Set(['--help', '--version', '-h', '-V'])
      const module = await VERBS.find(({ name }) => name === verb)?.load()
      if (module === undefined) return undefined
      const options = module.command(CONTEXT).options.flatMap(({ short, long }) => [short, long])
      return new Set([...options.filter(name => name !== undefined), '-h', '--help'])
    }
  }
}

/** What the classic tools take in the form with one dash, and the long options that they hand on. */
const COMMON = [
  ...['-h', '-g', '-i', '-l', '-f', '-t', '-timeout', '-y', '-v', '-q', '--help'],
  ...['--known-hosts', '--host-key-policy', '--format', '--color', '--save-as', '--force', '--yes'],
]
