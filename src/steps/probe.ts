import type { Action, ProbeAction } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import { LIMITS } from '../model/limits.ts'
import { startDeadline } from './deadline.ts'
import { answerBudget, askAll } from './probe/ask.ts'
import { createDiffs, type Diffs } from './probe/diffs.ts'
import { lookAtGet } from './probe/get.ts'
import { lookAtPut } from './probe/put.ts'
import { isQuestion, type Question, unseen } from './probe/question.ts'
import { lookAtRun } from './probe/run.ts'
import type { LocalFiles } from './put/local-file.ts'
import { CANCELLED, type Ending, failureOf, toResult } from './result.ts'
import type { Apply, StepContext } from './step.ts'

/**
 * Makes the probe of a process: it finds out what actions would meet on a host, and changes nothing there. `files`
 * remembers what local files hold. All that is asked with the same `become` goes in one exec; what an answer makes it
 * ask besides, in a further one.
 */
export function createProbe(files: LocalFiles): Apply<ProbeAction> {
  const diffs = createDiffs()
  return async (action, context) => {
    const deadline = startDeadline(action.timeoutMs)
    if (context.signal.aborted) return toResult(CANCELLED, deadline)
    const looks = action.items.map(item => lookAt(item, files, action.diffs ? diffs : undefined))
    const findings = await settle(
      await Promise.all(looks),
      context,
      Math.min(action.timeoutMs, LIMITS.probeMs),
    )
    if ('outcome' in findings) return toResult(findings, deadline)
    return { ...toResult({ outcome: 'ok' }, deadline), findings }
  }
}

async function lookAt(
  action: Action,
  files: LocalFiles,
  diffs: Diffs | undefined,
): Promise<Finding | Question> {
  switch (action.kind) {
    case 'run':
      return lookAtRun(action)
    case 'put':
      return lookAtPut(action, files, diffs)
    case 'get':
      return lookAtGet(action, files)
  }
}

/** No look asks more often. */
const MOST_ROUNDS = 200

/** Asks, and asks again what the answers bring up, until every look has found something. */
async function settle(
  looks: readonly (Finding | Question)[],
  context: StepContext,
  timeoutMs: number,
): Promise<readonly Finding[] | Ending> {
  let open = looks
  const budget = answerBudget()
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const questions = open.filter(isQuestion)
    if (questions.length === 0) break
    const groups = [...Map.groupBy(questions, ({ become }) => JSON.stringify(become)).values()]
    const asked = await Promise.all(groups.map(group => askAll(group, context, timeoutMs, budget)))
    const broken = asked.find(answer => 'outcome' in answer)
    if (broken !== undefined) return broken
    const missing = new Map(asked.flatMap(answer => ('outcome' in answer ? [] : [...answer])))
    open = await Promise.all(open.map(look => (isQuestion(look) ? answered(look, missing.get(look)) : look)))
  }
  return open.map(look => (isQuestion(look) ? unseen(failureOf('bug', 'it asks without end')) : look))
}

function answered(question: Question, failure: Failure | undefined): Promise<Finding | Question> | Finding {
  return failure === undefined ? question.answer() : unseen(failure)
}
