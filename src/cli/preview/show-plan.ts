import { resolve } from 'node:path'
import { EXIT } from '../../model/errors.ts'
import { timesApplied } from '../../plan/applied.ts'
import { previewOf } from '../../plan/preview-of.ts'
import { type ReadPlan, readPlan } from '../../plan/read-plan.ts'
import { rangeSize } from '../../plan/runs.ts'
import { type SavedPlanFacts, savedPlanLines } from '../../render/saved-plan.ts'
import type { CliContext } from '../context.ts'
import { type ColorOption, wantsColor } from '../options/color.ts'
import { type PreviewTextOptions, previewText } from './preview-text.ts'

export interface ShowPlanOptions extends Pick<PreviewTextOptions, 'format' | 'by' | 'diff'> {
  readonly verbose?: true | undefined
  readonly color: ColorOption
}

/** A saved plan, as `drover plan` showed it. @throws ProblemsError */
export async function showPlan(context: CliContext, file: string, options: ShowPlanOptions): Promise<void> {
  const { stdout, cwd } = context
  const read = readPlan(resolve(cwd, file), file)
  const settings = {
    ...{ cwd, width: stdout.columns ?? 100, color: wantsColor(context, stdout, options.color) },
    ...{ format: options.format, by: options.by, diff: options.diff },
    verbose: options.verbose === true,
    intro: INTRO,
  }
  const preview = await previewText(previewOf(read.document, cwd), settings)
  stdout.write(withFacts(factsOf(read, file, cwd), preview, settings))
  context.exit(EXIT.ok)
}

const INTRO = 'This is what the hosts had when the plan was made.'

function factsOf({ document, checksum }: ReadPlan, file: string, cwd: string): SavedPlanFacts {
  const { made, options, nodes } = document
  const partial = nodes
    .flat()
    .reduce((sum, group) => sum + (group.partial === true ? rangeSize(group.hosts) : 0), 0)
  const { time, user, version, git } = made
  return { file, time, user, version, git, rev: options.rev, applied: timesApplied(cwd, checksum), partial }
}

function withFacts(facts: SavedPlanFacts, preview: string, { format, width }: PreviewTextOptions): string {
  switch (format) {
    case 'text':
      return `${savedPlanLines(facts, width).join('\n')}\n\n${preview}`
    case 'markdown':
      return `\`\`\`text\n${savedPlanLines(facts, 80).join('\n')}\n\`\`\`\n\n${preview}`
    case 'json':
      // The document keeps its own spelling.
      return preview.replace(/\n\}\n$/, () => `,\n  "saved": ${JSON.stringify(savedFields(facts))}\n}\n`)
  }
}

function savedFields({ git, applied, ...same }: SavedPlanFacts): object {
  const { dirtyCount, ...known } = git ?? { dirtyCount: 0 }
  return {
    ...same,
    ...(git === undefined ? {} : { git: { ...known, dirty_count: dirtyCount } }),
    applied: applied.map(time => time ?? {}),
  }
}
