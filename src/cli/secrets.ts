import { Argument, Command, Option } from '@commander-js/extra-typings'
import type { CliContext } from './context.ts'
import { identityOption } from './options/options.ts'
import { UsageError } from './usage.ts'

const ACTS = ['init', 'edit', 'encrypt', 'decrypt', 'rekey'] as const

/** `drover secrets init|edit|encrypt|decrypt|rekey FILE`: files of secrets, encrypted with age value by value. */
export function command(context: CliContext) {
  return new Command('secrets')
    .description('Make, edit and read files of secrets, which age encrypts value by value.')
    .addArgument(new Argument('<what>', 'init, edit, encrypt, decrypt or rekey').choices(ACTS))
    .argument('<file>', 'a file of secrets, as secrets.yml')
    .argument('[name]', 'decrypt: print only its value; no line end follows, but at a terminal')
    .addOption(identityOption())
    .addOption(
      new Option('--add <age1…>', 'init, rekey: who else can read it; may be repeated').argParser(gathered),
    )
    .addOption(
      new Option('--remove <age1…>', 'rekey: who cannot any more; may be repeated').argParser(gathered),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (what, file, name, options) => {
      checkWords(what, name, options)
      switch (what) {
        case 'init':
          return (await import('./secrets/init.ts')).initSecrets(context, file, options)
        case 'edit':
          return (await import('./secrets/edit.ts')).editSecrets(context, file, options)
        case 'encrypt':
          return (await import('./secrets/change.ts')).encryptSecrets(context, file)
        case 'decrypt':
          return (await import('./secrets/change.ts')).decryptSecrets(context, file, name, options)
        case 'rekey':
          return (await import('./secrets/change.ts')).rekeySecrets(context, file, options)
      }
    })
}

/** @throws UsageError where a word says nothing there */
function checkWords(
  what: (typeof ACTS)[number],
  name: string | undefined,
  { add, remove }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): void {
  if (name !== undefined && what !== 'decrypt')
    throw new UsageError(`${what} takes one file, and "${name}" is one word more`, 'drover secrets')
  if (add !== undefined && what !== 'init' && what !== 'rekey')
    throw new UsageError('--add is for init and rekey', 'drover secrets')
  if (remove !== undefined && what !== 'rekey')
    throw new UsageError('--remove is for rekey', 'drover secrets')
}

function gathered(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

const EXAMPLES = `
Examples:
  drover secrets init secrets.yml              a file that you can read
  drover secrets edit secrets.yml              change it in $VISUAL or $EDITOR
  drover secrets encrypt secrets.yml           after a value was written by hand
  drover secrets decrypt secrets.yml db        print one value
  drover secrets rekey secrets.yml --add age1… let somebody else read it

The identity is the file that --identity or $DROVER_AGE_IDENTITY names, else
~/.config/drover/identity.txt; init makes one where there is none. It may be
encrypted with a passphrase, as age -p does. Values that edit leaves as they
are keep their ciphertext. What someone could read once they may have kept:
after rekey --remove, change the secrets themselves. docs/secrets.md says more.

The exit status is 0, or 3 if something is wrong, and then no file was changed.
`
