import type {
  ChangedStep,
  Field,
  FieldChange,
  OneSidedStep,
  PlanDiff,
  StepDiff,
} from '../../model/plan-diff.ts'
import { count } from '../../model/quantity.ts'
import { foldHosts } from '../fold-hosts.ts'
import { cellCode, codeBlock, codeSpan, htmlCode } from './markdown-text.ts'
import {
  changedNames,
  countWords,
  type DiffHeading,
  firstGroups,
  kindOf,
  needWords,
  noDiffWords,
  someOf,
  tellingFields,
} from './words.ts'

/** GitHub takes 65,536 characters for a comment; details that do not fit are left out, and that is said. */
const LONGEST = 60_000

const MOST_NAMES = 8

/** The differences for a pull request: a heading with numbers, a table of steps, and details to unfold. */
export function renderDiffMarkdown(diff: PlanDiff, heading: DiffHeading): string {
  const { steps } = diff
  const { file, before, after } = heading
  const details = [...wholeDetails(diff), ...steps.map(stepDetails)]
  const head = [
    `### ${codeSpan(file)}: ${codeSpan(before.name)} → ${codeSpan(after.name)}`,
    '',
    details.length === 0 ? `The plans are the same: ${countWords(diff)}.` : `**${countWords(diff)}**`,
  ]
  return fitted([...head, ...table(steps)].join('\n'), details)
}

function fitted(head: string, details: readonly string[]): string {
  const start =
    head.length > LONGEST ? `${head.slice(0, head.lastIndexOf('\n', LONGEST))}\n\nThe table goes on.` : head
  let text = start
  let left = 0
  for (const part of details) {
    if (text.length + part.length > LONGEST) left += 1
    else text += `\n\n${part}`
  }
  const note =
    left === 0
      ? ''
      : `\n\nDetails of ${count(left, 'more difference')} are left out here: \`drover diff\` shows them.`
  return `${text}${note}\n`
}

function table(steps: readonly StepDiff[]): string[] {
  if (steps.length === 0) return []
  return ['', '| | step | hosts | what |', '|---|---|---|---|', ...steps.map(row)]
}

function row(step: StepDiff): string {
  if (step.kind === 'changed') {
    const { added, removed } = step.hosts
    const hosts = [
      ...(added.length === 0 ? [] : [`+ ${cellCode(foldHosts(added))}`]),
      ...(removed.length === 0 ? [] : [`− ${cellCode(foldHosts(removed))}`]),
    ]
    const what = someOf(changedNames(step).map(cellCode), MOST_NAMES)
    return `| changed | ${cellCode(step.id)} | ${hosts.join(' ')} | ${what} |`
  }
  const does = [...new Set(step.actions.map(({ fields }) => kindOf(fields)))].map(cellCode)
  const hosts = step.hosts.length === 0 ? '' : cellCode(foldHosts(step.hosts))
  return `| ${step.kind} | ${cellCode(step.id)} | ${hosts} | ${someOf(does, MOST_NAMES)} |`
}

function wholeDetails({ settings, hosts }: PlanDiff): string[] {
  const names = (what: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`- ${what}: ${codeSpan(foldHosts(list))}`]
  const machines = [
    ...names('added', hosts.added),
    ...names('removed', hosts.removed),
    ...groupLines(hosts.changed, ({ changes }) => changes.map(changeText)),
  ]
  return [
    ...(settings.length === 0 ? [] : [folded('the plan', settings.map(changeText))]),
    ...(machines.length === 0 ? [] : [folded('hosts', machines)]),
  ]
}

function stepDetails(step: StepDiff): string {
  return folded(
    `${step.kind} ${htmlCode(step.id)}`,
    step.kind === 'changed' ? changedLines(step) : oneSidedLines(step),
  )
}

function folded(summary: string, lines: readonly string[]): string {
  const body = lines.join('\n').trimStart()
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`
}

function changedLines({ hosts, needs, settings, actions }: ChangedStep): string[] {
  const list = (what: string, words: readonly string[]) =>
    words.length === 0 ? [] : [`- ${what}: ${words.map(codeSpan).join(', ')}`]
  return [
    ...list('hosts added', hosts.added.length === 0 ? [] : [foldHosts(hosts.added)]),
    ...list('hosts removed', hosts.removed.length === 0 ? [] : [foldHosts(hosts.removed)]),
    ...list('now waits for', needs.added.map(needWords)),
    ...list('no longer waits for', needs.removed.map(needWords)),
    ...settings.map(changeText),
    ...groupLines(actions, ({ changes }) => changes.map(changeText)),
  ]
}

function oneSidedLines({ needs, settings, actions }: OneSidedStep): string[] {
  const order =
    needs.length === 0 ? [] : [`- waits for: ${needs.map(need => codeSpan(needWords(need))).join(', ')}`]
  return [
    ...order,
    ...tellingFields(settings).map(fieldText),
    ...groupLines(actions, ({ fields }) => tellingFields(fields).map(fieldText)),
  ]
}

function groupLines<T extends { readonly hosts: readonly string[] }>(
  groups: readonly T[],
  linesOf: (group: T) => readonly string[],
): string[] {
  const { shown, more } = firstGroups(groups)
  return [
    ...shown.flatMap(group => ['', `On ${codeSpan(foldHosts(group.hosts))}:`, '', ...linesOf(group)]),
    ...(more === '' ? [] : ['', `${more} (\`--format json\` has all)`]),
  ]
}

function changeText({ name, before, after, diff }: FieldChange): string {
  const label = `- ${codeSpan(name)}`
  if (diff?.kind === 'none') return `${label}: ${noDiffWords(diff)}`
  if (diff !== undefined) return `${label}:\n\n${codeBlock(diff.text, 'diff')}`
  if (before === undefined) return `${label}: added, ${codeSpan(after ?? '')}`
  if (after === undefined) return `${label}: removed, ${codeSpan(before)}`
  return `${label}: ${codeSpan(before)} → ${codeSpan(after)}`
}

function fieldText({ name, text }: Field): string {
  const label = `- ${codeSpan(name)}`
  return text.trimEnd().includes('\n')
    ? `${label}:\n\n${codeBlock(text, '')}`
    : `${label}: ${codeSpan(text.trimEnd())}`
}
