import { Command, type ParseOptions } from '@commander-js/extra-typings'
import { UsageError } from '../usage.ts'

/**
 * A verb whose operands are another program's command line, with `--` before it: `run -g web -- ls -l`. Options count
 * up to the first operand; what follows it without a `--` may be meant for either, so that only words are taken there.
 */
export class DashesCommand extends Command {
  #argv: readonly string[] = []

  constructor(name: string) {
    super(name)
    this.passThroughOptions()
  }

  override parseAsync(argv: readonly string[], parseOptions?: ParseOptions): Promise<this> {
    this.#argv = argv
    return super.parseAsync(argv, parseOptions)
  }

  /** @throws UsageError where the first of the words does not stand behind the `--`, and another is like an option */
  checkWords(words: readonly string[]): void {
    const dashes = this.#argv.indexOf('--')
    if (dashes >= 0 && this.#argv.length - dashes - 1 === words.length) return
    const option = words.slice(1).find(word => /^-./.test(word))
    if (option === undefined) return
    throw new UsageError(
      `"${option}" may be meant for drover or for ${words[0]}: options of drover go first, then --, then the command with its own`,
    )
  }
}
