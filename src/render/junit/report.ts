import { basename } from 'node:path'
import type { RunEvent, StopReason } from '../../model/event.ts'
import type { Plan, PlanStep } from '../../model/plan.ts'
import { isTrouble } from '../outcome-style.ts'
import { type CaseKind, type TestCase, testCase, writeCase } from './case.ts'
import { xmlElement } from './xml.ts'

/** Characters of output that a report holds at most, over all hosts. */
const MOST_OUTPUT = 32 << 20

/**
 * JUnit's XML of a run, for CI systems: a test suite is a step and a test case one host of it, so that what failed
 * alike stands together, and both the suite's class (`deploy.restart`) and the case's name (`web1.example.com`) stay
 * the same from run to run, which is how GitLab and Jenkins compare them. Output of what failed only.
 */
export class JunitReport {
  readonly #plan: Plan
  readonly #startedAt: number
  readonly #cases: TestCase[][]
  readonly #begun: (number | undefined)[]
  readonly #mask: (text: string) => string
  #output = 0

  /** @param mask takes secrets out of a text */
  constructor({ plan, at }: RunEvent & { kind: 'run_started' }, mask = (text: string) => text) {
    this.#mask = mask
    this.#plan = plan
    this.#startedAt = at
    this.#cases = plan.steps.map(() => [])
    this.#begun = plan.steps.map(() => undefined)
  }

  add(event: RunEvent): void {
    if (event.kind === 'node_started') this.#begun[event.step] ??= event.at
    if (event.kind !== 'node_finished') return
    if (this.#plan.steps[event.step]?.hidden && !isTrouble(event.outcome)) return
    const made = testCase(event, this.#plan, {
      withOutput: this.#output < MOST_OUTPUT,
      mask: this.#mask,
    })
    this.#output += made.text.length
    this.#cases[event.step]?.push(made)
  }

  /** The whole report; `stopped` is why the run ended early, `broken_off` where nobody said that it ended. */
  xml(end: { readonly at: number; readonly stopped?: StopReason | 'broken_off' }): string {
    const steps = this.#plan.steps.flatMap(step => this.#suite(step))
    const suites = end.stopped === undefined ? steps : [...steps, ...this.#stopped(end.stopped)]
    const sums = sumOf(suites)
    const about = {
      name: this.#plan.name,
      ...{ tests: sums.tests, failures: sums.failures, errors: sums.errors, skipped: sums.skipped },
      time: seconds(end.at - this.#startedAt),
    }
    const content = suites.map(({ xml }) => xml).join('')
    return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement('', 'testsuites', about, `\n${content}`)}`
  }

  #suite(step: PlanStep): Suite[] {
    const cases = (this.#cases[step.index] ?? []).toSorted((a, b) => a.host - b.host)
    if (cases.length === 0) return []
    const { file, line } = step.where
    const place = line > 0 ? { file, line } : {}
    const classname = `${classOf(this.#plan.file)}.${step.id}`
    const nameOf = ({ host }: TestCase) => this.#plan.hosts[host]?.name ?? '?'
    const content = cases.map(made => writeCase(made, { name: nameOf(made), classname, ...place })).join('')
    return [writeSuite(step.id, this.#begun[step.index] ?? this.#startedAt, cases, content)]
  }

  /** That a run ended early is no node's fault, and must show all the same. */
  #stopped(reason: StopReason | 'broken_off'): Suite[] {
    if (reason === 'on_failure' || reason === 'max_failures') return []
    const message = STOPPED[reason]
    const made: TestCase = { host: -1, kind: 'error', ms: 0, message, type: reason, text: message }
    const content = writeCase(made, { name: 'end of the run', classname: `${classOf(this.#plan.file)}.run` })
    return [writeSuite('run', this.#startedAt, [made], content)]
  }
}

const STOPPED: Readonly<Record<Exclude<StopReason, 'on_failure' | 'max_failures'> | 'broken_off', string>> = {
  broken_off: 'the run was broken off',
  interrupted: 'the run was interrupted',
  journal: 'the run ended since its journal could not be written',
  lock: 'the run ended since another run has a host',
  timeout: 'the run ended since its time was over',
}

interface Suite {
  readonly xml: string
  readonly cases: readonly TestCase[]
}

function writeSuite(name: string, at: number, cases: readonly TestCase[], content: string): Suite {
  const { tests, failures, errors, skipped } = sumOf([{ xml: '', cases }])
  const time = seconds(cases.reduce((sum, { ms }) => sum + ms, 0))
  // Schemas of JUnit's format know no zone.
  const timestamp = new Date(at).toISOString().slice(0, 19)
  const about = { name, tests, failures, errors, skipped, time, timestamp }
  return { xml: xmlElement('  ', 'testsuite', about, `\n${content}  `), cases }
}

function sumOf(suites: readonly Suite[]) {
  const counts: Record<CaseKind, number> = { passed: 0, failure: 0, error: 0, skipped: 0 }
  for (const { cases } of suites) for (const { kind } of cases) counts[kind] += 1
  const { passed, failure, error, skipped } = counts
  return { tests: passed + failure + error + skipped, failures: failure, errors: error, skipped }
}

/** The playbook's name without its ending; Jenkins takes what stands before the last dot for a package. */
function classOf(file: string): string {
  const name = basename(file).replace(/\.ya?ml$/, '')
  return name === 'command line' ? 'drover' : name
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}
