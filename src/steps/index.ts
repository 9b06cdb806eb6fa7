import type { Action } from '../model/action.ts'
import { applyGet } from './get.ts'
import { createLocalFiles } from './put/local-file.ts'
import { createPut } from './put.ts'
import { applyRun } from './run.ts'
import type { Apply } from './step.ts'

/** What a worker calls for each node. Make it once a process: local files' digests are remembered between hosts. */
export function createSteps(): Apply<Action> {
  const applyPut = createPut(createLocalFiles())
  return async (action, context) => {
    switch (action.kind) {
      case 'run':
        return applyRun(action, context)
      case 'put':
        return applyPut(action, context)
      case 'get':
        return applyGet(action, context)
    }
  }
}
