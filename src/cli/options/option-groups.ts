import type { Command, OptionValues } from '@commander-js/extra-typings'
import { askBecomePassOption, becomeMethodOption, becomeOption, becomeUserOption } from '../execute/become.ts'
import { connectRetriesOption, connectTimeoutOption } from './connect-options.ts'
import { lockTimeoutOption, noLockOption } from './lock-options.ts'
import {
  allowMatchExecOption,
  allowOutsideOption,
  colorOption,
  diffOutputOption,
  foldOption,
  hostKeyPolicyOption,
  inventoryOption,
  junitOption,
  knownHostsOption,
  limitOption,
  logOption,
  quietOption,
  runFormatOption,
  skipTagsOption,
  sshConfigOption,
  stepOption,
  tagsOption,
  varOption,
  verboseOption,
} from './options.ts'

// Options that several verbs have together, in the order of their help.

/** Which hosts there are, and which of them are meant. */
export function withHosts<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .addOption(inventoryOption())
    .addOption(sshConfigOption())
    .addOption(allowMatchExecOption())
    .addOption(limitOption())
}

/** What of a playbook is meant, with which values. */
export function withPlaybook<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return withHosts(command)
    .addOption(varOption())
    .addOption(tagsOption())
    .addOption(skipTagsOption())
    .addOption(stepOption())
    .addOption(allowOutsideOption())
}

/** As whom steps act. */
export function withBecome<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .addOption(becomeOption())
    .addOption(becomeUserOption())
    .addOption(becomeMethodOption())
    .addOption(askBecomePassOption())
}

/** How hosts are reached. */
export function withConnecting<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .addOption(knownHostsOption())
    .addOption(hostKeyPolicyOption())
    .addOption(connectRetriesOption())
    .addOption(connectTimeoutOption())
}

/** How other runs are kept off. */
export function withLocks<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command.addOption(lockTimeoutOption()).addOption(noLockOption())
}

/** How a run is shown and told. */
export function withReports<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
  verbose = verboseOption(),
) {
  return command
    .addOption(runFormatOption())
    .addOption(junitOption())
    .addOption(logOption())
    .addOption(verbose)
    .addOption(quietOption())
    .addOption(colorOption())
}

/** Output that is shown at the end, the same once. */
export function withFolding<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command.addOption(foldOption()).addOption(diffOutputOption())
}
