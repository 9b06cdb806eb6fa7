import type { RunAction } from '../../src/model/action.ts'
import type { NodeResult } from '../../src/model/outcome.ts'
import { applyRun } from '../../src/steps/run.ts'
import { testContext } from './context.ts'
import { shellSession } from './shell-session.ts'
import type { Shell } from './shells.ts'

export function run(script: string, more: Partial<RunAction> = {}): RunAction {
  return {
    kind: 'run',
    script,
    env: [],
    creates: [],
    removes: [],
    readOnly: false,
    timeoutMs: 20_000,
    ...more,
  }
}

/** What a run on a host with that /bin/sh gives, and what it showed. */
export async function applyWith(
  shell: Shell,
  action: RunAction,
): Promise<{ readonly result: NodeResult; readonly shown: { stdout: string; stderr: string } }> {
  const context = testContext(shellSession(shell))
  return { result: await applyRun(action, context), shown: context.shown }
}
