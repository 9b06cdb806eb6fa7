import type { EntryChange, Finding, GetFinding, PutFinding, RunFinding } from '../../model/finding.ts'
import type { NodeResult } from '../../model/outcome.ts'
import type { Fields } from './plan-fields.ts'

/** A finding in the spelling of all JSON that drover writes. */
export function findingFields(finding: Finding, diff: boolean): Fields {
  switch (finding.kind) {
    case 'put':
      return putFields(finding, diff)
    case 'get':
      return getFields(finding)
    case 'run':
      return runFields(finding)
    case 'unseen':
      return { ...finding }
  }
}

/** Where things lie that links lead to is of use to the preview itself only. */
function runFields({ writes: _, ...finding }: RunFinding): Fields {
  return finding
}

function putFields({ unlessMade, changes, ways: _, ...finding }: PutFinding, diff: boolean): Fields {
  return {
    ...finding,
    changes: diff ? changes : changes.map(withoutText),
    unless_made: unlessMade,
  }
}

/** Why there is no diff is said all the same. */
function withoutText({ diff, ...change }: EntryChange): Fields {
  return diff?.kind === 'none' ? { ...change, diff } : change
}

function getFields({ local, ...finding }: GetFinding): Fields {
  return { ...finding, local: { ...local } }
}

/** How a `read_only` step ended; its output and its times are no part of what a preview says. */
export function resultFields({ outcome, exitCode, signal, note, failure }: NodeResult): Fields {
  return { outcome, exit_code: exitCode, signal, note, failure }
}
