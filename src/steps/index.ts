import type { ProbeAction, Task } from '../model/action.ts'
import { createGet } from './get.ts'
import { createLocalFiles, type LocalFiles } from './put/local-file.ts'
import { createPut } from './put.ts'
import { applyRun } from './run.ts'
import type { Apply } from './step.ts'

/** What a worker calls for each node. Make it once a process: local files' digests are remembered between hosts. */
export function createSteps(): Apply<Task> {
  const files = createLocalFiles()
  const applyPut = createPut(files)
  const applyProbe = createProbeWhenAsked(files)
  const applyGet = createGet(applyProbe)
  return async (task, context) => {
    switch (task.kind) {
      case 'run':
        return applyRun(task, context)
      case 'put':
        return applyPut(task, context)
      case 'get':
        return applyGet(task, context)
      case 'probe':
        return applyProbe(task, context)
    }
  }
}

/** Most runs look at nothing first: what only looking needs is not imported before. */
function createProbeWhenAsked(files: LocalFiles): Apply<ProbeAction> {
  let made: Promise<Apply<ProbeAction>> | undefined
  return async (action, context) => {
    made ??= import('./probe.ts').then(({ createProbe }) => createProbe(files))
    return (await made)(action, context)
  }
}
