import { LIMITS } from '../../src/model/limits.ts'
import { type Outcome, satisfies } from '../../src/model/outcome.ts'
import { printed, type World } from './fleet.ts'
import { BUDDY_OF, HOST_NAMES, type HostName, type WrittenPlaybook, type WrittenStep } from './model.ts'
import { type NodeName, nodeName, Rules } from './rules.ts'
import type { Done } from './run.ts'
import { type Unfolded, type Unit, unfold } from './unfolded.ts'
import { type NodeEnd, Values } from './values.ts'

interface Sending {
  readonly at: number
  readonly scripts: readonly string[]
}

/** Everything in which a run differs from what the rules say, in words. */
export function differences(
  written: WrittenPlaybook,
  done: Done & { kind: 'ran' },
  world: World,
): readonly string[] {
  return new Judge(written, done, world).differences()
}

class Judge {
  readonly #written: WrittenPlaybook
  readonly #done: Done & { kind: 'ran' }
  readonly #world: World
  readonly #unfolded: Unfolded
  readonly #ends = new Map<NodeName, { readonly outcome: Outcome; readonly at: number }>()
  readonly #sent = new Map<NodeName, Sending>()
  readonly #rules: Rules
  readonly #values: Values
  readonly #found: string[] = []
  /** When the run stopped. */
  #stoppedAt = Infinity

  constructor(written: WrittenPlaybook, done: Done & { kind: 'ran' }, world: World) {
    this.#written = written
    this.#done = done
    this.#world = world
    this.#unfolded = unfold(written)
    this.#readHappenings()
    const outcome = (name: NodeName): Outcome => this.#ends.get(name)?.outcome ?? 'ok'
    const factless = new Set(
      HOST_NAMES.filter(host => {
        const facts = this.#ends.get(`facts on ${host}`)?.outcome
        return facts !== undefined && facts !== 'ok'
      }),
    )
    this.#rules = new Rules(this.#unfolded, written, outcome, factless)
    this.#values = new Values((leaf, host) => this.#endOf(leaf, host), world.cpus)
  }

  differences(): readonly string[] {
    const seen = new Set<NodeName>()
    for (const leaf of this.#unfolded.leaves) {
      for (const host of this.#rules.hostsOf(leaf)) {
        seen.add(nodeName(leaf, host))
        this.#judge(leaf, host)
      }
    }
    for (const name of this.#ends.keys())
      if (!seen.has(name) && !name.startsWith('facts on ')) this.#found.push(`${name} is not to run at all`)
    this.#judgePermits()
    const isWell = [...this.#ends.values()].every(({ outcome }) => satisfies(outcome))
    const status = isWell ? 0 : 1
    if (this.#done.status !== status) this.#found.push(`exit status ${this.#done.status}, not ${status}`)
    return this.#found
  }

  #readHappenings(): void {
    const { plan, happened } = this.#done
    const name = (step: number, host: number) =>
      `${plan.steps[step]?.id} on ${plan.hosts[host]?.name}` as NodeName
    const bad = new Set<number>()
    const { maxFailures = Infinity } = this.#written
    for (const [at, one] of happened.entries()) {
      if (one.kind === 'sent') {
        const node = name(one.sent.step, one.sent.host)
        const before = this.#sent.get(node)
        const script = one.sent.action.kind === 'run' ? one.sent.action.script : ''
        this.#sent.set(node, { at: before?.at ?? at, scripts: [...(before?.scripts ?? []), script] })
        continue
      }
      const { outcome } = one
      this.#ends.set(name(one.step, one.host), { outcome, at })
      if (satisfies(outcome) || outcome === 'blocked') continue
      const onFailure = plan.steps[one.step]?.onFailure
      if (onFailure !== 'continue' || outcome === 'unreachable') bad.add(one.host)
      if (onFailure === 'stop' || bad.size > maxFailures) this.#stoppedAt = Math.min(this.#stoppedAt, at)
    }
  }

  #endOf(leaf: Unit, host: HostName): NodeEnd | undefined {
    const name = nodeName(leaf, host)
    const end = this.#ends.get(name)
    if (end === undefined || this.#rules.isExcluded(leaf)) return undefined
    return { outcome: end.outcome, stdout: this.#stdoutOf(leaf, host, end.outcome) }
  }

  #stdoutOf(leaf: Unit, host: HostName, outcome: Outcome): string | undefined {
    if (outcome === 'skipped' || outcome === 'blocked') return undefined
    if (leaf.step.does.kind !== 'run') return ''
    const attempt = this.#sent.get(nodeName(leaf, host))?.scripts.length ?? 0
    if (attempt === 0 || outcome === 'unreachable') return undefined
    const answer = this.#world.answer(leaf.id, host, attempt, leaf.step.does.run.creates === true)
    if (answer.kind === 'done') return undefined
    return answer.kind === 'unknown' ? '' : printed(leaf.id, host, attempt)
  }

  #judge(leaf: Unit, host: HostName): void {
    const name = nodeName(leaf, host)
    const end = this.#ends.get(name)
    if (end === undefined) {
      this.#found.push(`${name} has not ended`)
      return
    }
    const expected = this.#expected(leaf, host)
    const isStopped = this.#stoppedAt < Infinity
    const isOpen = isStopped && (!this.#rules.isCleanup(leaf) || leaf.inherited.rolling !== undefined)
    const isDead = this.#world.unreachable.has(host)
    const excused = end.outcome === 'blocked' && (isOpen || isDead)
    if (end.outcome !== expected.outcome && !excused)
      this.#found.push(`${name} is ${end.outcome}, not ${expected.outcome}`)
    const sent = this.#sent.get(name)
    if (end.outcome === expected.outcome && String(sent?.scripts) !== String(expected.scripts))
      this.#found.push(`${name} was sent ${sent?.scripts}, not ${expected.scripts}`)
    if (end.outcome === 'blocked') return
    const began = sent?.at ?? end.at
    for (const other of this.#rules.before(leaf, host)) {
      if ((this.#ends.get(other)?.at ?? -1) > began)
        this.#found.push(`${name} began before ${other} had ended`)
    }
    const isPause = leaf.step.does.kind === 'pause'
    if (!isPause && began > this.#stoppedAt && !this.#rules.mayCleanUp(leaf))
      this.#found.push(`${name} began after the run had stopped`)
  }

  /** How a node is to end, and what is to be sent for it. */
  #expected(leaf: Unit, host: HostName): { outcome: Outcome; scripts?: string[] } {
    const entry = this.#rules.entry(leaf, host)
    if (entry !== 'runs') return { outcome: entry }
    for (const { condition, unit } of leaf.inherited.when) {
      const holds = this.#values.holds(condition, unit, host)
      if (holds !== true) return { outcome: holds === false ? 'skipped' : 'failed' }
    }
    const { does } = leaf.step
    switch (does.kind) {
      case 'pause':
        return { outcome: 'ok' }
      case 'assert':
        return { outcome: this.#values.holds(does.that, leaf, host) === true ? 'ok' : 'failed' }
      case 'run': {
        const script = this.#values.script(does.words, leaf, host)
        if (script === undefined) return { outcome: 'failed' }
        const via = carrierOf(leaf.step, host)
        if (!this.#world.unreachable.has(via)) return this.#attempts(leaf, host, script, does.run)
        const isTried = this.#sent.has(nodeName(leaf, host))
        return { outcome: 'unreachable', ...(isTried ? { scripts: [script] } : {}) }
      }
      default:
        throw new Error('no leaf')
    }
  }

  #attempts(
    leaf: Unit,
    host: HostName,
    script: string,
    run: (WrittenStep['does'] & { kind: 'run' })['run'],
  ): { outcome: Outcome; scripts: string[] } {
    const until = run.retry?.until
    let isUnsure = false
    for (let attempt = 1; ; attempt += 1) {
      const answer = this.#world.answer(leaf.id, host, attempt, run.creates === true)
      const own = ownOutcome(answer, run, attempt)
      // What is found done may have been done by the attempt that nobody knows the end of.
      const outcome = own === 'ok' && isUnsure && run.readOnly !== true ? 'changed' : own
      isUnsure ||= own === 'unknown'
      const hasPrinted = answer.kind === 'exits' && attempt === 2
      const isDone = outcome !== 'unknown' && (until === true ? hasPrinted : satisfies(outcome))
      const scripts = Array.from({ length: attempt }, () => script)
      if (isDone) return { outcome, scripts }
      if (hasAnother(run, own, attempt)) continue
      return { outcome: until === true && satisfies(outcome) ? 'failed' : outcome, scripts }
    }
  }

  #judgePermits(): void {
    const { plan, happened } = this.#done
    const { forks, channelsPerHost, semaphores } = this.#written
    for (const one of happened) {
      if (one.kind !== 'sent') continue
      const { sent, beside } = one
      const id = `${plan.steps[sent.step]?.id} on ${plan.hosts[sent.host]?.name}`
      if (beside.length > forks) this.#found.push(`${id}: more than ${forks} forks`)
      if (beside.filter(({ via }) => via === sent.via).length > channelsPerHost)
        this.#found.push(`${id}: more than ${channelsPerHost} channels`)
      const leaf = this.#unfolded.leaves.find(each => each.id === plan.steps[sent.step]?.id)
      if (leaf === undefined) continue
      const { throttle = Infinity } = leaf.inherited
      if (beside.filter(({ step }) => step === sent.step).length > throttle)
        this.#found.push(`${id}: more than its throttle`)
      for (const name of leaf.step.semaphores ?? []) {
        const holders = beside.filter(({ step }) => {
          const other = this.#unfolded.leaves.find(each => each.id === plan.steps[step]?.id)
          return other?.step.semaphores?.includes(name) === true
        })
        if (holders.length > (semaphores[name] ?? 1)) this.#found.push(`${id}: more than ${name} allows`)
      }
    }
  }
}

function carrierOf({ delegateTo }: WrittenStep, host: HostName): string {
  if (delegateTo === undefined) return host
  return delegateTo === 'buddy' ? BUDDY_OF[host] : delegateTo
}

/** Of a step that may be repeated, an attempt that nobody knows the end of is followed by others without a `retry`. */
function hasAnother(
  run: (WrittenStep['does'] & { kind: 'run' })['run'],
  own: Outcome,
  attempt: number,
): boolean {
  if (own === 'unknown' && run.readOnly !== true && run.creates !== true) return false
  return attempt < (run.retry?.attempts ?? (own === 'unknown' ? LIMITS.repeats + 1 : 1))
}

function ownOutcome(
  answer: ReturnType<World['answer']>,
  run: (WrittenStep['does'] & { kind: 'run' })['run'],
  attempt: number,
): Outcome {
  if (answer.kind === 'unknown') return 'unknown'
  if (answer.kind === 'done') return 'ok'
  const failed = run.failedWhen === true ? answer.status > 1 : answer.status !== 0
  if (failed) return 'failed'
  if (run.changedWhen === true) return attempt === 2 ? 'changed' : 'ok'
  return run.readOnly === true ? 'ok' : 'changed'
}
