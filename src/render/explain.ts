import { basename } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Playbook } from '../model/playbook.ts'
import { count } from '../model/quantity.ts'
import { escapeText } from './escape.ts'
import { detailLines, type ExplainText } from './explain/detail.ts'
import { doesWords } from './explain/does.ts'
import { StepHosts, withoutKeys } from './explain/hosts.ts'
import { paramLines, usageLines } from './explain/params.ts'
import {
  conditionSentences,
  failureSentences,
  judgementSentences,
  paceSentences,
  sentence,
  startWords,
} from './explain/sentences.ts'
import { hostCountWords } from './explain/value-words.ts'
import { everyStep, type Outline, type OutlineStep, outlineOf } from './outline/outline.ts'
import { createPaint } from './paint.ts'
import { endWords, listed, retryWords } from './step-words.ts'
import { wrapText } from './wrap.ts'

export interface ExplainOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

/**
 * A playbook in words, or a file for others to use with what it takes. Expressions stand as they are written.
 * @param plan where there is an inventory: then hosts are names
 * @param use what a playbook writes after `use:` to use the file
 */
export function explainPlaybook(
  playbook: Playbook,
  plan: Plan | undefined,
  use: string,
  { color, width }: ExplainOptions,
): string {
  const text = { paint: createPaint(color), width }
  const outline = outlineOf(playbook)
  const hosts = new StepHosts(outline, plan)
  const isPart = playbook.params.length > 0
  const blocks = [
    heading(playbook, hosts, text),
    ...(isPart ? [[text.paint('cyan', 'It takes'), ...paramLines(playbook, text.paint, width)]] : []),
    ...(isPart ? [[text.paint('cyan', 'To use it'), ...usageLines(playbook, use)]] : []),
    ...[...shownSteps(outline.steps)].map(entry => stepBlock(entry, hosts, text)),
  ]
  return `${blocks.map(block => block.join('\n')).join('\n\n')}\n`
}

/** One step in all detail, with those inside it; undefined where there is none of that id. */
export function explainStep(
  playbook: Playbook,
  plan: Plan | undefined,
  id: string,
  { color, width }: ExplainOptions,
): string | undefined {
  const text = { paint: createPaint(color), width }
  const outline = outlineOf(playbook)
  const entry = findStep(outline, id)
  if (entry === undefined) return undefined
  const hosts = new StepHosts(outline, plan)
  const { step, parent } = entry
  const title = step.title === step.id ? '' : `  ${escapeText(step.title)}`
  const inside = parent === undefined ? '' : text.paint('dim', `  in ${escapeText(parent.id)}`)
  const members = [...everyStep(entry.children)].flatMap(member => [
    '',
    ...stepBlock(member, hosts, text, depthOf(entry) + 1),
  ])
  const head = `${text.paint('bold', escapeText(entry.id))}${title}${inside}`
  return `${[head, '', ...detailLines(entry, outline, hosts, text), ...members].join('\n')}\n`
}

/** Of a file that is used only what it is for: it can be explained by itself. */
function* shownSteps(steps: readonly OutlineStep[]): Generator<OutlineStep> {
  for (const entry of steps) {
    yield entry
    if (entry.step.spec.kind === 'group') yield* shownSteps(entry.children)
  }
}

/** The ids that `explainStep` knows. */
export function stepIdsOf(playbook: Playbook): string[] {
  return [...everyStep(outlineOf(playbook).steps)].map(({ id }) => id)
}

function findStep(outline: Outline, id: string): OutlineStep | undefined {
  const plain = withoutKeys(id)
  return [...everyStep(outline.steps)].find(entry => entry.id === plain)
}

function heading(playbook: Playbook, hosts: StepHosts, { paint, width }: ExplainText): string[] {
  const { name, file, description, vars, steps, maxFailures } = playbook
  const where = name === basename(file) ? '' : paint('dim', ` (${escapeText(file)})`)
  const usual = hosts.usual()
  const needed = vars.filter(({ value }) => value === null).map(variable => `-e ${variable.name}=…`)
  const texts = [
    ...(description === undefined ? [] : [description.trim().replace(/\s+/g, ' ')]),
    `${count(steps.length, 'step')}${usual === undefined ? '' : `, ${usual} unless they say otherwise`}.`,
    ...(needed.length === 0 ? [] : [`It needs ${listed(needed)}.`]),
    ...(maxFailures === undefined
      ? []
      : [endWords(maxFailures.n === 0 ? undefined : hostCountWords(maxFailures))]),
  ]
  return [
    `${paint('bold', escapeText(name))}${where}`,
    ...texts.flatMap(text => wrapText(escapeText(text), width)),
  ]
}

/** A step's name, and below it a paragraph. */
function stepBlock(entry: OutlineStep, hosts: StepHosts, { paint, width }: ExplainText, base = 0): string[] {
  const { step } = entry
  const indent = '   '.repeat(depthOf(entry) - base)
  const title = step.title === step.id ? '' : `  ${escapeText(step.title)}`
  const words = paragraph(entry, hosts)
  return [
    `${indent}${paint('bold', escapeText(entry.id))}${title}`,
    ...wrapText(escapeText(words), Math.max(20, width - indent.length - 3)).map(
      line => `${indent}   ${line}`,
    ),
  ]
}

function paragraph(entry: OutlineStep, hosts: StepHosts): string {
  const rolling = hosts.rolling(entry)
  const { retry } = entry.step
  const place = hosts.isUsual(entry) ? '' : `, ${hosts.words(entry)}`
  return [
    `${doesWords(entry)}${place}`,
    ...(rolling === undefined ? [] : [`it goes ${rolling}`]),
    `it starts ${startWords(entry)}`,
    ...conditionSentences(entry),
    ...paceSentences(entry),
    ...(retry === undefined ? [] : [`it is ${retryWords(retry, retry.until?.value)}`]),
    ...judgementSentences(entry),
    ...failureSentences(entry),
  ]
    .map(sentence)
    .join(' ')
}

function depthOf(entry: OutlineStep): number {
  let depth = 0
  for (let at = entry.parent; at !== undefined; at = at.parent) depth += 1
  return depth
}
