import { createHash, type Hash } from 'node:crypto'
import type { RunEvent } from '../../model/event.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import { escapeText } from '../escape.ts'
import { LineSplitter } from './split-lines.ts'

export type StreamName = 'stdout' | 'stderr'

/** What one or more hosts printed to a stream, to the last line the same. */
export interface SameOutput {
  /** Ascending. */
  readonly hosts: readonly number[]
  /** Escaped lines, each with its line end. */
  readonly head: string
  /** Empty unless lines were left out before it. */
  readonly tail: string
  /** Lines that are not kept. */
  readonly left: number
}

/** What is kept of all different outputs together, in UTF-16 units; of one that comes after, only its length. */
const MOST_KEPT = 64 << 20

interface Output {
  readonly splitter: LineSplitter
  readonly digest: Hash
  head: string
  tail: string
  lines: number
}

/**
 * Gathers what hosts print, in bounded memory: of each stream a digest of all of it and the text of its head and tail,
 * the same output once.
 */
export class GatheredOutput {
  readonly #plan: Plan
  readonly #open = new Map<string, Output>()
  /** By step and stream, then by what was printed. */
  readonly #groups = new Map<string, Map<string, SameOutput & { readonly hosts: number[] }>>()
  #kept = 0

  constructor(plan: Plan) {
    this.#plan = plan
  }

  add(event: RunEvent): void {
    if (!('step' in event) || this.#plan.steps[event.step]?.hidden) return
    if (event.kind === 'node_output') {
      const output = this.#output(event, event.stream)
      take(output, output.splitter.push(event.text))
    }
    // Only the last attempt is told.
    if (event.kind === 'node_retried')
      for (const stream of ['stdout', 'stderr'] as const) this.#open.delete(keyOf(event, stream))
    if (event.kind === 'node_finished')
      for (const stream of ['stdout', 'stderr'] as const) this.#end(event, stream)
  }

  /** Most hosts first; where there are as many, in the order of the hosts. */
  groups(step: number, stream: StreamName): readonly SameOutput[] {
    return [...(this.#groups.get(`${step} ${stream}`)?.values() ?? [])]
      .map(group => ({ ...group, hosts: group.hosts.toSorted((a, b) => a - b) }))
      .toSorted((a, b) => b.hosts.length - a.hosts.length || (a.hosts[0] ?? 0) - (b.hosts[0] ?? 0))
  }

  #output(node: { readonly step: number; readonly host: number }, stream: StreamName): Output {
    const key = keyOf(node, stream)
    let output = this.#open.get(key)
    if (output === undefined) {
      output = {
        splitter: new LineSplitter(),
        digest: createHash('sha256'),
        ...{ head: '', tail: '', lines: 0 },
      }
      this.#open.set(key, output)
    }
    return output
  }

  /** A host that was not reached, or on which nothing was run, has no output, not even an empty one. */
  #end(event: RunEvent & { kind: 'node_finished' }, stream: StreamName): void {
    const key = keyOf(event, stream)
    if (!this.#open.has(key) && event.result?.exitCode === undefined) return
    const output = this.#output(event, stream)
    this.#open.delete(key)
    take(output, output.splitter.end())
    const digest = output.digest.digest('base64')
    const place = `${event.step} ${stream}`
    const groups = this.#groups.get(place) ?? new Map()
    this.#groups.set(place, groups)
    const same = groups.get(digest)
    if (same !== undefined) same.hosts.push(event.host)
    else groups.set(digest, { hosts: [event.host], ...this.#keep(output) })
  }

  #keep({ head, tail, lines }: Output): Omit<SameOutput, 'hosts'> {
    if (this.#kept + head.length + tail.length > MOST_KEPT) return { head: '', tail: '', left: lines }
    this.#kept += head.length + tail.length
    const last = tail.length > LIMITS.capturedTail ? lastLines(tail) : tail
    const left = lines - linesIn(head) - linesIn(last)
    return left > 0 ? { head, tail: last, left } : { head: head + last, tail: '', left: 0 }
  }
}

function keyOf({ step, host }: { readonly step: number; readonly host: number }, stream: StreamName): string {
  return `${step} ${host} ${stream}`
}

function take(output: Output, lines: readonly string[]): void {
  for (const line of lines) {
    const text = `${escapeText(line, 'tabs')}\n`
    output.digest.update(text)
    output.lines += 1
    if (output.tail === '' && output.head.length + text.length <= LIMITS.capturedHead) output.head += text
    else output.tail += text
    if (output.tail.length > 4 * LIMITS.capturedTail) output.tail = lastLines(output.tail)
  }
}

/** Whole lines, but for one that is too long by itself. */
function lastLines(text: string): string {
  const cut = text.slice(-LIMITS.capturedTail)
  const start = cut.indexOf('\n') + 1
  return start < cut.length ? cut.slice(start) : cut
}

function linesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
