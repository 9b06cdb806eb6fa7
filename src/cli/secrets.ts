import { Command } from '@commander-js/extra-typings'
import type { CliContext } from './context.ts'
import { identityOption } from './options.ts'

/** `drover secrets init|edit|encrypt|decrypt|rekey FILE`: files of secrets, encrypted with age value by value. */
export function command(context: CliContext) {
  const secrets = new Command('secrets')
    .description('Make, edit and read files of secrets, which age encrypts value by value.')
    .addHelpText('after', EXAMPLES)
  secrets
    .command('init')
    .description('Make a file of secrets, and an identity of yours where there is none.')
    .argument('<file>', 'the file to make, as secrets.yml')
    .option('--recipient <age1…>', 'who else can read it; may be given several times', gathered)
    .addOption(identityOption())
    .action(async (file, options) => (await import('./secrets/init.ts')).initSecrets(context, file, options))
  secrets
    .command('edit')
    .description('Open the file, decrypted, in $VISUAL or $EDITOR; what did not change stays as it is.')
    .argument('<file>', 'a file of secrets')
    .addOption(identityOption())
    .action(async (file, options) => (await import('./secrets/edit.ts')).editSecrets(context, file, options))
  secrets
    .command('encrypt')
    .description('Encrypt the values in the file that are not.')
    .argument('<file>', 'a file of secrets')
    .action(async file => (await import('./secrets/change.ts')).encryptSecrets(context, file))
  secrets
    .command('decrypt')
    .description('Print the file, decrypted, or one value of it.')
    .argument('<file>', 'a file of secrets')
    .argument('[name]', 'print only its value, without a line end')
    .addOption(identityOption())
    .action(async (file, name, options) =>
      (await import('./secrets/change.ts')).decryptSecrets(context, file, name, options),
    )
  secrets
    .command('rekey')
    .description('Encrypt all values anew, for the recipients that the file names, more, or fewer.')
    .argument('<file>', 'a file of secrets')
    .option('--add <age1…>', 'who can read it from now on; may be given several times', gathered)
    .option('--remove <age1…>', 'who cannot any more; may be given several times', gathered)
    .addOption(identityOption())
    .action(async (file, options) =>
      (await import('./secrets/change.ts')).rekeySecrets(context, file, options),
    )
  return secrets
}

function gathered(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

const EXAMPLES = `
Examples:
  drover secrets init secrets.yml              a file that your identity can read
  drover secrets edit secrets.yml              change it in your editor
  drover secrets encrypt secrets.yml           after a value was written by hand
  drover secrets decrypt secrets.yml db        print one value
  drover secrets rekey secrets.yml --add age1… let somebody else read it

The identity is the file that --identity or $DROVER_AGE_IDENTITY names, else
~/.config/drover/identity.txt; it may be encrypted with a passphrase, as
age -p does. What someone could read once they have read: after rekey --remove,
change the secrets themselves. docs/secrets.md says more.

The exit status is 0, or 3 if something is wrong, and then no file was changed.
`
