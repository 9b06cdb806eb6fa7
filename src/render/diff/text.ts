import type {
  ChangedStep,
  Field,
  FieldChange,
  HostsChange,
  OneSidedStep,
  PlanDiff,
} from '../../model/plan-diff.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { foldHosts } from '../fold-hosts.ts'
import { createPaint, type Paint, type Style } from '../paint.ts'
import { textWidth } from '../width.ts'
import { wrapText } from '../wrap.ts'
import {
  countWords,
  type DiffHeading,
  firstGroups,
  kindOf,
  needWords,
  noDiffWords,
  revisionWords,
  tellingFields,
} from './words.ts'

export interface DiffTextOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

const INDENT = '    '

/** So many lines of a text that is there on one side only. */
const MOST_LINES = 20

/** The differences, for a terminal. */
export function renderDiff(diff: PlanDiff, heading: DiffHeading, options: DiffTextOptions): string {
  return `${new DiffText(options).lines(diff, heading).join('\n')}\n`
}

class DiffText {
  readonly #paint: Paint
  readonly #width: number

  constructor({ color, width }: DiffTextOptions) {
    this.#paint = createPaint(color)
    this.#width = width
  }

  lines(diff: PlanDiff, heading: DiffHeading): string[] {
    const { settings, hosts, steps } = diff
    const machines = [
      ...this.#names('+', 'green', hosts.added),
      ...this.#names('-', 'red', hosts.removed),
      ...this.#groups(hosts.changed),
    ]
    const blocks = [
      settings.flatMap(change => this.#change(change, '')),
      machines.length === 0 ? [] : [this.#paint('bold', 'hosts'), ...machines],
      ...steps.map(step => (step.kind === 'changed' ? this.#changed(step) : this.#oneSided(step))),
    ].filter(lines => lines.length > 0)
    const end = blocks.length === 0 ? `The plans are the same: ${countWords(diff)}.` : `${countWords(diff)}.`
    return [
      ...this.#heading(heading),
      '',
      ...blocks.flatMap(lines => [...lines, '']),
      ...wrapText(end, this.#width),
    ]
  }

  #heading({ name, file, before, after }: DiffHeading): string[] {
    const where = name === file ? '' : this.#paint('dim', ` (${escapeText(file)})`)
    const revisions = `${revisionWords(before)} → ${revisionWords(after)}`
    return [
      `${this.#paint('bold', escapeText(name))}${where}`,
      ...wrapText(escapeText(revisions), this.#width),
    ]
  }

  #oneSided({ kind, id, title, hosts, needs, settings, actions }: OneSidedStep): string[] {
    const [sign, style] = kind === 'added' ? (['+', 'green'] as const) : (['-', 'red'] as const)
    const does = [...new Set(actions.map(({ fields }) => kindOf(fields)))].join(' or ') || 'nothing'
    const head = `${this.#paint(style, `${sign} ${escapeText(id)}`)}${titleOf(id, title)}`
    const order = needs.length === 0 ? 'starts at once' : `after ${needs.map(needWords).join(', ')}`
    const where = hosts.length === 0 ? 'on no host' : `on ${foldHosts(hosts)}`
    const { shown, more } = firstGroups(actions)
    const own = tellingFields(settings).filter(({ name }) => name !== 'name')
    return [
      head,
      ...this.#wrapped(`${does} ${where}, ${order}`),
      ...own.flatMap(field => this.#field(field, INDENT)),
      ...shown.flatMap(({ hosts, fields }) => [
        ...(actions.length === 1 ? [] : [`${INDENT}${this.#hosts(hosts)}:`]),
        ...tellingFields(fields).flatMap(field => this.#field(field, INDENT)),
      ]),
      ...this.#more(more),
    ]
  }

  #changed({ id, title, hosts, needs, settings, actions }: ChangedStep): string[] {
    const order = (sign: string, style: Style, names: ChangedStep['needs']['added']) =>
      names.flatMap(need =>
        wrapText(escapeText(`after ${needWords(need)}`), this.#width - 6).map(
          line => `${INDENT}${this.#paint(style, `${sign} ${line}`)}`,
        ),
      )
    return [
      `${this.#paint('yellow', `~ ${escapeText(id)}`)}${titleOf(id, title)}`,
      ...this.#names('+', 'green', hosts.added, 'on '),
      ...this.#names('-', 'red', hosts.removed, 'on '),
      ...order('+', 'green', needs.added),
      ...order('-', 'red', needs.removed),
      ...settings.flatMap(change => this.#change(change, INDENT)),
      ...this.#groups(actions),
    ]
  }

  #groups(groups: readonly HostsChange[]): string[] {
    const { shown, more } = firstGroups(groups)
    return [
      ...shown.flatMap(({ hosts, changes }) => [
        `${INDENT}${this.#hosts(hosts)}:`,
        ...changes.flatMap(change => this.#change(change, `${INDENT}  `)),
      ]),
      ...this.#more(more),
    ]
  }

  #more(words: string): string[] {
    return words === '' ? [] : [`${INDENT}${this.#paint('dim', `${words} (--format json has all)`)}`]
  }

  #change({ name, before, after, diff }: FieldChange, indent: string): string[] {
    const label = this.#paint('cyan', escapeText(name))
    if (diff?.kind === 'none') return [`${indent}${label} ${noDiffWords(diff)}`]
    if (diff !== undefined) {
      const side = before === undefined ? ' (new)' : after === undefined ? ' (removed)' : ''
      return [`${indent}${label}${side}`, ...this.#diff(diff.text, indent)]
    }
    const [was, is] = [before, after].map(text => (text === undefined ? undefined : shown(text)))
    const line = `${was ?? ''} → ${is ?? ''}`
    if (was !== undefined && is !== undefined) {
      if (textWidth(`${indent}${name} ${line}`) <= this.#width)
        return [`${indent}${label} ${this.#paint('red', was)} → ${this.#paint('green', is)}`]
      return [
        `${indent}${label}`,
        `${indent}  ${this.#paint('red', `- ${was}`)}`,
        `${indent}  ${this.#paint('green', `+ ${is}`)}`,
      ]
    }
    const [sign, style, text] =
      was === undefined ? (['+', 'green', is] as const) : (['-', 'red', was] as const)
    return [`${indent}${label} ${this.#paint(style, `${sign} ${text ?? ''}`)}`]
  }

  #field({ name, text }: Field, indent: string): string[] {
    const label = this.#paint('cyan', escapeText(name))
    const lines = text.replace(/\n$/, '').split('\n')
    if (lines.length === 1) return [`${indent}${label} ${shown(text)}`]
    const more = lines.length - MOST_LINES
    return [
      `${indent}${label}`,
      ...lines
        .slice(0, MOST_LINES)
        .map(line => `${indent}${this.#bar()} ${escapeText(line, 'tabs')}`.trimEnd()),
      ...(more > 0 ? [`${indent}${this.#bar()} ${this.#paint('dim', `… ${count(more, 'more line')}`)}`] : []),
    ]
  }

  #diff(text: string, indent: string): string[] {
    return text
      .split('\n')
      .slice(0, -1)
      .map(line => {
        const shownLine = escapeText(line, 'tabs')
        return `${indent}${this.#bar()} ${this.#paint(styleOf(line), shownLine)}`.trimEnd()
      })
  }

  #names(sign: string, style: Style, names: readonly string[], before = ''): string[] {
    if (names.length === 0) return []
    const size = names.length > 1 ? ` (${count(names.length, 'host')})` : ''
    return [`${INDENT}${this.#paint(style, `${sign} ${before}${escapeText(foldHosts(names))}`)}${size}`]
  }

  #hosts(names: readonly string[]): string {
    const size = names.length > 1 ? ` (${count(names.length, 'host')})` : ''
    return `${escapeText(foldHosts(names))}${this.#paint('dim', size)}`
  }

  #wrapped(text: string): string[] {
    return wrapText(escapeText(text), this.#width - INDENT.length).map(
      line => `${INDENT}${this.#paint('dim', line)}`,
    )
  }

  #bar(): string {
    return this.#paint('dim', '│')
  }
}

const titleOf = (id: string, title: string) => (title === id ? '' : `  ${escapeText(title)}`)

const shown = (text: string) => escapeText(text.replace(/\n$/, ''), 'tabs')

function styleOf(line: string): Style {
  if (line.startsWith('@@')) return 'cyan'
  return line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim'
}
