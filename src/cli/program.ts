import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { EXIT } from '../model/errors.ts'
import type { CliContext } from './context.ts'
import { rethrowUsage, UsageError } from './usage.ts'
import { version } from './version.ts'

/** A verb's file: builds its command, whose action calls `context.exit`. Imported only when the verb is used. */
export interface VerbModule {
  readonly command: (context: CliContext) => CommandUnknownOpts
}

interface Verb {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<VerbModule>
}

/** All verbs, in the order of `drover --help`. */
export const VERBS: readonly Verb[] = [
  {
    name: 'apply',
    summary: 'show what a playbook would change, ask, do it',
    load: () => import('./apply.ts'),
  },
  { name: 'plan', summary: 'show what a playbook would change', load: () => import('./plan.ts') },
  { name: 'resume', summary: 'go on with a run that was stopped', load: () => import('./resume.ts') },
  { name: 'history', summary: 'list runs', load: () => import('./history.ts') },
  { name: 'show', summary: 'tell a run again, or show a saved plan', load: () => import('./show.ts') },
  { name: 'attach', summary: 'follow a run that is going on', load: () => import('./attach.ts') },
  { name: 'stop', summary: 'end a run that is going on', load: () => import('./stop.ts') },
  { name: 'diff', summary: 'compare a playbook’s plans at two revisions', load: () => import('./diff.ts') },
  { name: 'validate', summary: 'check playbooks, report every problem', load: () => import('./validate.ts') },
  { name: 'graph', summary: 'draw the order of the steps', load: () => import('./graph.ts') },
  { name: 'explain', summary: 'say in words what the steps do', load: () => import('./explain.ts') },
  { name: 'fmt', summary: 'write playbooks in one canonical form', load: () => import('./fmt.ts') },
  { name: 'inventory', summary: 'list hosts and groups', load: () => import('./inventory.ts') },
  { name: 'run', summary: 'run one command on many hosts', load: () => import('./run.ts') },
  { name: 'put', summary: 'copy files to many hosts', load: () => import('./put.ts') },
  { name: 'get', summary: 'fetch files from many hosts', load: () => import('./get.ts') },
  { name: 'lock', summary: 'show which runs have which hosts', load: () => import('./lock.ts') },
  {
    name: 'secrets',
    summary: 'make, edit and read files of secrets',
    load: () => import('./secrets.ts'),
  },
  { name: 'demo', summary: 'try drover on a fleet inside this machine', load: () => import('./demo.ts') },
]

/**
 * All options of all verbs that take a value: they may stand before the verb, which is only loaded once it is known. A
 * test holds this against the verbs.
 */
export const VALUED_OPTIONS: ReadonlySet<string> = new Set([
  ...[
    '-i',
    '--inventory',
    '-F',
    '--ssh-config',
    '-l',
    '--limit',
    '-e',
    '--var',
    '-t',
    '--tags',
    '--skip-tags',
  ],
  ...[
    '--step',
    '--become-user',
    '--become-method',
    '--identity',
    '-f',
    '--forks',
    '--timeout',
    '--run-timeout',
  ],
  ...[
    '--lock-timeout',
    '--known-hosts',
    '--host-key-policy',
    '--connect-retries',
    '--connect-timeout',
    '--rev',
  ],
  ...[
    '--format',
    '--junit',
    '--log',
    '--color',
    '--out',
    '--by',
    '-n',
    '--playbook',
    '--host',
    '-g',
    '--groups',
  ],
  ...['-H', '--hosts', '--cwd', '--env', '--save-as', '--mode', '--owner', '--group', '--add', '--remove'],
])

/**
 * Runs a command line; the verb's action sets the status with `context.exit`.
 * @throws UsageError when the words are off, ProblemsError when a file is; anything else is a bug.
 */
export async function runProgram(context: CliContext, argv: readonly string[]): Promise<void> {
  switch (context.program) {
    case 'batch_run':
      return runVerb(context, await import('./adhoc/batch-run.ts'), argv)
    case 'batch_scp':
      return runVerb(context, await import('./adhoc/batch-scp.ts'), argv)
    case 'drover':
      return runDrover(context, argv)
  }
}

async function runDrover(context: CliContext, argv: readonly string[]): Promise<void> {
  const { before, name, after } = splitAtVerb(argv)
  if (name === undefined) return overview(context, before)
  if (name === 'help') return runDrover(context, after[0] === undefined ? ['--help'] : [after[0], '--help'])
  const verb = VERBS.find(candidate => candidate.name === name)
  if (verb === undefined) throw await unknownVerb(name)
  await runVerb(context, await verb.load(), [...before, ...after])
}

async function runVerb(context: CliContext, verb: VerbModule, args: readonly string[]): Promise<void> {
  const command = verb.command(context)
  if (context.program === 'drover') command.name(`drover ${command.name()}`)
  command.exitOverride().configureOutput({
    writeOut: text => void context.stdout.write(text),
    writeErr: text => void context.stderr.write(text),
    outputError: () => {},
  })
  try {
    await command.parseAsync(args, { from: 'user' })
  } catch (error) {
    rethrowUsage(error, command.name())
  }
}

/** `-i hosts.ini apply play.yml`: what stands before the verb belongs to it all the same. */
function splitAtVerb(argv: readonly string[]): {
  before: readonly string[]
  name: string | undefined
  after: readonly string[]
} {
  let at = 0
  while (at < argv.length && argv[at]?.startsWith('-')) at += VALUED_OPTIONS.has(argv[at] ?? '') ? 2 : 1
  return { before: argv.slice(0, at), name: argv[at], after: argv.slice(at + 1) }
}

async function overview(context: CliContext, options: readonly string[]): Promise<void> {
  const [option] = options
  if (option === '--version' || option === '-V') return void context.stdout.write(`${version()}\n`)
  if (option === '--help' || option === '-h') return void context.stdout.write(helpText())
  if (option !== undefined) throw new UsageError(`no verb after ${option}`, 'drover')
  context.stderr.write(helpText())
  context.exit(EXIT.invalid)
}

async function unknownVerb(name: string): Promise<UsageError> {
  const { didYouMean } = await import('../model/did-you-mean.ts')
  const verbs = VERBS.map(verb => verb.name)
  const hint = /\.ya?ml$/.test(name) ? `to apply a playbook: drover apply ${name}` : didYouMean(name, verbs)
  return new UsageError(`there is no verb "${name}"${hint === undefined ? '' : `; ${hint}`}`, 'drover')
}

function helpText(): string {
  const width = Math.max(...VERBS.map(verb => verb.name.length))
  const verbs = VERBS.map(verb => `  ${verb.name.padEnd(width)}  ${verb.summary}`)
  return `drover applies playbooks to fleets over SSH.

Usage: drover VERB [OPTIONS] [OPERANDS]

Verbs:
${verbs.join('\n')}

Try it:
  drover demo                                  a fleet of six, inside this machine
  drover run -i hosts.ini -g web -- uptime     one command on a group
  drover plan play.yml                         what a playbook would change
  drover apply play.yml                        the same, and do it after a yes
  drover plan play.yml --out plan.json         save what would be done
  drover apply plan.json                       do just that

drover VERB --help tells a verb's options, drover --version the version.
`
}
