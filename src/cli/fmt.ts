import { resolve } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { type Formatted, formatPlaybook } from '../load/format.ts'
import { readText } from '../load/read-text.ts'
import { ERRORS, EXIT, type ExitStatus, worstStatus } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { Problem } from '../model/problem.ts'
import { escapeText } from '../render/escape.ts'
import type { CliContext } from './context.ts'
import { type ColorOption, wantsColor } from './options/color.ts'
import { colorOption } from './options/options.ts'
import { replaceFile } from './replace-file.ts'
import { UsageError } from './usage.ts'

/** `drover fmt FILE…`: one canonical form for all playbooks, so that their diffs are small. */
export function command(context: CliContext) {
  return new Command('fmt')
    .description('Write playbooks in one canonical form. What they mean does not change, and comments stay.')
    .argument('<file...>', 'playbooks; - reads one from standard input and writes it to standard output')
    .option('--check', 'change nothing; name the files that are not in canonical form, and exit with 1')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (files, { check = false, color }) => {
      if (files.includes('-') && files.length > 1) throw new UsageError('- cannot stand beside files')
      const all = [...new Set(files)]
      const statuses: ExitStatus[] = []
      for (const file of all) statuses.push(await formatOne(context, file, { check, color }))
      context.exit(worstStatus(statuses))
    })
}

const EXAMPLES = `
Examples:
  drover fmt deploy.yml                rewrite a playbook
  drover fmt plays/*.yml               and many of them
  drover fmt --check plays/*.yml       in CI: fail if one is not canonical
  drover fmt - <deploy.yml             show the canonical form

The form: two spaces a level; a step's keys from what it is called, where and
when it happens, over what it does, to how; quotes only where they are needed;
short maps and lists in one line if they were; at most one blank line. Block
text (| and >) and expressions stay as they are.

The exit status is 0; 1 if --check found a file to change; 3 if a file is no
sound YAML, which stays as it is.
`

interface FmtOptions {
  readonly check: boolean
  readonly color: ColorOption
}

async function formatOne(context: CliContext, file: string, options: FmtOptions): Promise<ExitStatus> {
  if (file === '-') return formatStandardInput(context, options)
  const path = resolve(context.cwd, file)
  const read = readText(path, { shownAs: file, limit: LIMITS.playbookBytes })
  if (read.kind === 'unreadable') return refuse(context, [read.problem], options)
  const { text, problems } = formatPlaybook(file, read.text)
  if (text === undefined) return refuse(context, problems, options)
  if (text === read.text) return EXIT.ok
  if (options.check) return wouldChange(context, file)
  const problem = replaceFile(path, file, text)
  if (problem !== undefined) return refuse(context, [problem], options)
  context.stdout.write(`${escapeText(file)}: rewritten\n`)
  return EXIT.ok
}

async function formatStandardInput(context: CliContext, options: FmtOptions): Promise<ExitStatus> {
  const input = await readStandardInput(context)
  if (typeof input !== 'string') return refuse(context, [input], options)
  const { text, problems }: Formatted = formatPlaybook('standard input', input)
  if (text === undefined) return refuse(context, problems, options)
  if (options.check) return text === input ? EXIT.ok : wouldChange(context, 'standard input')
  context.stdout.write(text)
  return EXIT.ok
}

async function readStandardInput({ stdin }: CliContext): Promise<string | Problem> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > LIMITS.playbookBytes) {
      return {
        code: 'file_unreadable',
        severity: 'error',
        message: 'standard input is larger than a playbook may be',
      }
    }
    chunks.push(bytes)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    return { code: 'file_encoding', severity: 'error', message: 'standard input is not UTF-8' }
  }
}

function wouldChange({ stdout }: CliContext, file: string): ExitStatus {
  stdout.write(`${escapeText(file)}: not in canonical form\n`)
  return EXIT.failed
}

async function refuse(
  context: CliContext,
  problems: readonly Problem[],
  { color }: FmtOptions,
): Promise<ExitStatus> {
  const { renderProblems } = await import('../render/problems.ts')
  const colored = wantsColor(context, context.stderr, color)
  context.stderr.write(renderProblems(problems, { color: colored, format: 'text' }))
  return worstStatus(problems.map(({ code }) => ERRORS[code]))
}
