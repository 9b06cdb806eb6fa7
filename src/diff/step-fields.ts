import type { Plan, PlanStep, Rolling } from '../model/plan.ts'
import type { Field } from '../model/plan-diff.ts'
import { count, formatMs } from '../model/quantity.ts'

/** What holds for a step on all its hosts, named as the playbook names it. */
export function stepFields(plan: Plan, step: PlanStep): readonly Field[] {
  const { retry, action, excluded } = step
  const rolling = step.rolling === undefined ? undefined : plan.rollings[step.rolling]
  const fields: Readonly<Record<string, string | undefined>> = {
    name: step.title === step.id ? undefined : step.title,
    'left out by': excluded === undefined ? undefined : `--${excluded}`,
    when: lines(step.when.map(({ source }) => source.trim())),
    once: step.once ? 'true' : undefined,
    rolling: rolling && rollingText(rolling),
    throttle: step.throttle?.toString(),
    semaphores: lines(step.semaphores.map(index => plan.semaphores[index]?.name ?? '')),
    on_failure: step.onFailure,
    max_failures: step.tolerated === 0 ? undefined : count(step.tolerated, 'host'),
    retry: retry && retryText(retry),
    until: retry?.until?.source.trim(),
    changed_when: step.changedWhen?.source.trim(),
    failed_when: step.failedWhen?.source.trim(),
    tags: lines(step.tags),
    template: action.kind === 'put' && action.source.kind === 'template' ? action.source.file : undefined,
  }
  return present(fields)
}

/** What holds for a plan as a whole. */
export function planFields({ name, semaphores, maxFailures }: Plan): readonly Field[] {
  return present({
    name,
    max_failures: maxFailures === undefined ? undefined : count(maxFailures, 'host'),
    ...Object.fromEntries(semaphores.map(({ name, permits }) => [`semaphore ${name}`, String(permits)])),
  })
}

function retryText({ attempts, delayMs, backoff }: NonNullable<PlanStep['retry']>): string {
  const growth = backoff === 1 ? '' : `, each wait ${backoff} times the one before`
  return `${count(attempts, 'attempt')}, ${formatMs(delayMs)} apart${growth}`
}

/** `batches of 1, 5 × 3 hosts`: sizes in their order. */
function rollingText({ batchOf, batches, tolerated, pauseMs }: Rolling): string {
  const sizes = new Array<number>(batches).fill(0)
  for (const batch of batchOf) if (batch < batches) sizes[batch] = (sizes[batch] ?? 0) + 1
  const runs: { readonly size: number; times: number }[] = []
  for (const size of sizes) {
    const last = runs.at(-1)
    if (last?.size === size) last.times += 1
    else runs.push({ size, times: 1 })
  }
  const words = runs.map(({ size, times }) => (times === 1 ? String(size) : `${size} × ${times}`))
  const pause = pauseMs === 0 ? '' : `, ${formatMs(pauseMs)} between them`
  return `batches of ${words.join(', ')} hosts, ${count(tolerated, 'host')} may fail${pause}`
}

const lines = (texts: readonly string[]) => (texts.length === 0 ? undefined : texts.join('\n'))

function present(fields: Readonly<Record<string, string | undefined>>): readonly Field[] {
  return Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]))
}
