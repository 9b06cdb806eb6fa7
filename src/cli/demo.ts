import { once } from 'node:events'
import { Command } from '@commander-js/extra-typings'
import { fetchedFiles } from '../demo/files.ts'
import { type Fleet, startFleet } from '../demo/fleet.ts'
import { demoHosts } from '../demo/hosts.ts'
import { EXIT, type ExitStatus } from '../model/errors.ts'
import type { CliContext } from './context.ts'
import { explainFaults, keepHints, programCall, shellWord } from './demo-text.ts'
import { watchSignals } from './execute/signals.ts'
import { colorOption, quietOption, runFormatOption, verboseOption } from './options/options.ts'

/** `drover demo`: a fleet inside this machine, and the first playbook applied to it. */
export function command(context: CliContext) {
  return new Command('demo')
    .description(
      'Start six SSH servers on loopback, apply playbooks/demo.yml to them, and remove everything again.',
    )
    .option('--faults', 'add a host that fails, one that cannot be reached and one with a changed key')
    .option('--keep', 'leave the fleet up afterwards, until Ctrl-C')
    .addOption(runFormatOption())
    .addOption(verboseOption())
    .addOption(quietOption())
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async options => {
      const { faults = false, keep = false, format, verbose, quiet = false, color } = options
      const shown = [
        ...(format === undefined ? [] : ['--format', format]),
        ...Array.from({ length: verbose }, () => '-v'),
        ...(quiet ? ['-q'] : []),
        ...['--color', color],
      ]
      context.exit(await runDemo(context, { faults, keep, shown }))
    })
}

const EXAMPLES = `
Examples:
  drover demo                   watch a playbook run on six hosts
  drover demo --faults          see what becomes of hosts that fail
  drover demo --keep            stay up, and print what to type next
  drover demo --format lines    as it looks in a log

Nothing outside a temporary folder is touched. The exit status is that of the
run: 0, or 1 with --faults.
`

interface DemoOptions {
  readonly faults: boolean
  readonly keep: boolean
  /** Options of `drover apply` about what it shows. */
  readonly shown: readonly string[]
}

async function runDemo(context: CliContext, { faults, keep, shown }: DemoOptions): Promise<ExitStatus> {
  const say = (text: string): void => void context.stderr.write(`${text}\n`)
  say(`Starting ${demoHosts(faults).length} hosts on 127.0.0.1, each with a folder of its own as its home.`)
  const fleet = await startFleet(faults)
  try {
    const { playbook, inventory, knownHosts } = fleet.files
    // A record of the run would outlive the fleet.
    const args = [
      playbook,
      '-i',
      inventory,
      '-F',
      'none',
      '--known-hosts',
      knownHosts,
      '--yes',
      '--no-journal',
    ]
    say(`$ ${programCall(context)} apply ${args.map(shellWord).join(' ')}\n`)
    const status = await apply(context, [...args, ...shown])
    if (status !== EXIT.interrupted) {
      const fetched = fetchedFiles(fleet.files)
      if (fetched.length > 0) say(`\nFetched from the hosts: ${fetched.join(', ')}`)
      if (faults) say(explainFaults(status))
      if (keep) await keepUp(context, fleet, say)
      else
        say(
          `${faults ? '' : '\n'}Everything is removed again. To look around in the fleet:\n${programCall(context)} demo --keep`,
        )
    }
    return status
  } finally {
    await fleet.stop()
  }
}

/** Runs `drover apply` as a person would; returns the status that it would end with. */
async function apply(context: CliContext, args: readonly string[]): Promise<ExitStatus> {
  const verb = await import('./apply.ts')
  let status: ExitStatus = EXIT.ok
  const exit: CliContext['exit'] = code => {
    status = code
  }
  await verb.command({ ...context, exit }).parseAsync(args, { from: 'user' })
  return status
}

/** Waits for Ctrl-C, which is how a person ends the fleet, or for the fleet to end by itself. */
async function keepUp(context: CliContext, fleet: Fleet, say: (text: string) => void): Promise<void> {
  const signals = watchSignals()
  say(keepHints(programCall(context), fleet.files))
  await Promise.race([once(signals.first, 'abort'), fleet.ended])
  signals.release()
  say('\nThe fleet is gone, and its files with it.')
}
