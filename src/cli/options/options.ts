import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { LIMITS } from '../../model/limits.ts'

// The options that verbs share. Each verb adds those that make sense for it.

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
]

const countUp = (_: string, previous: number | undefined): number => (previous ?? 0) + 1

function positive(value: string): number {
  const n = Number(value)
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('It must be a whole number above 0.')
  return n
}

export const inventoryOption = () =>
  new Option('-i, --inventory <source>', 'INI file, folder, or exec:./script; may be repeated').argParser(
    collect,
  )

export const sshConfigOption = () =>
  new Option(
    '-F, --ssh-config <file>',
    "read this file, or none, instead of ~/.ssh/config and the system's ssh_config",
  )

export const allowMatchExecOption = () =>
  new Option('--allow-match-exec', 'let the SSH configuration run commands (Match exec)')

export const limitOption = () => new Option('-l, --limit <pattern>', 'only these of the hosts')

export const varOption = () =>
  new Option('-e, --var <name=value>', 'set a variable, or many from @file; may be repeated').argParser(
    collect,
  )

/** `a,b`, or the option again. */
const collectNames = (value: string, previous: readonly string[] | undefined): readonly string[] => {
  const names = value.split(',').map(name => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('It must be names with commas between them.')
  return [...(previous ?? []), ...names]
}

export const tagsOption = () =>
  new Option('-t, --tags <a,b>', 'only steps that have one of these tags').argParser(collectNames)

export const skipTagsOption = () =>
  new Option('--skip-tags <a,b>', 'not the steps that have one of these tags').argParser(collectNames)

export const stepOption = () =>
  new Option(
    '--step <id>',
    'only this step, with those that it names in needs or whose results it uses; may be repeated',
  ).argParser(collect)

export const allowOutsideOption = () =>
  new Option('--allow-outside', 'let the playbook use files outside of its project')

export const forksOption = () =>
  new Option('-f, --forks <n>', 'steps under way at once, over all hosts')
    .argParser(positive)
    .default(LIMITS.forks)

/** As they were, unless given. */
export const forksAgainOption = () =>
  new Option('-f, --forks <n>', 'steps under way at once, over all hosts').argParser(positive)

export const knownHostsOption = () =>
  new Option('--known-hosts <file>', 'check host keys against this file only, not ~/.ssh/known_hosts')

export const hostKeyPolicyOption = () =>
  new Option(
    '--host-key-policy <policy>',
    'strict: only known host keys; accept-new: also hosts never seen before, and remember them; off: any, changed ones too, but no revoked ones; without this option a terminal asks about hosts never seen before',
  ).choices(['strict', 'accept-new', 'off'] as const)

export const verboseOption = () =>
  new Option('-v, --verbose', 'show output as it comes; -vv also connections')
    .preset('')
    .argParser(countUp)
    .default(0)

/** Of verbs that show output in any case. */
export const resultsOption = () =>
  new Option('-v, --verbose', 'show results too; -vv also connections')
    .preset('')
    .argParser(countUp)
    .default(0)

export const quietOption = () => new Option('-q, --quiet', 'show only failures')

export const colorOption = () =>
  new Option('--color <when>', 'auto, always or never')
    .choices(['auto', 'always', 'never'] as const)
    .default('auto' as const)

export const runFormatOption = () =>
  new Option('--format <format>', 'tty: live rows; lines: plain lines; json: one event a line').choices([
    'tty',
    'lines',
    'json',
  ] as const)

export const foldOption = () =>
  new Option('--fold', 'show what hosts printed when all have ended, the same output once')

export const diffOutputOption = () =>
  new Option('--diff-output', 'the same, others as their difference from the most common output')

export const identityOption = () =>
  new Option('--identity <file>', 'the identity of age that secrets are decrypted with')

export const junitOption = () =>
  new Option('--junit <file>', 'also write a report for CI systems, as JUnit XML, when the run ends')

export const logOption = () =>
  new Option('--log <file>', 'also append all that -vv would show to a file, with times')

export const revOption = () =>
  new Option('--rev <revision>', 'take playbook, inventory and files as they are at a revision of git')

export const requireCleanOption = () =>
  new Option('--require-clean', 'refuse unless all that git tracks is as it is committed, and no file is new')

export const noJournalOption = () =>
  new Option('--no-journal', 'do not record the run in .drover/runs: it cannot be resumed')

export const yesOption = () => new Option('-y, --yes', 'do it without a preview and without asking')
