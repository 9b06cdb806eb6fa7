import type { StepContext } from '../../src/steps/step.ts'
import type { Session } from '../../src/transport/transport.ts'
import { shellSession } from './shell-session.ts'

/** What a worker would hand to a step, and what the step showed. */
export interface TestContext extends StepContext {
  readonly shown: { stdout: string; stderr: string }
  readonly controller: AbortController
}

export function testContext(session: Session = shellSession()): TestContext {
  const shown = { stdout: '', stderr: '' }
  const controller = new AbortController()
  return {
    host: 'web1',
    session,
    signal: controller.signal,
    output(stream, chunk) {
      shown[stream] += chunk.toString('utf8')
    },
    shown,
    controller,
  }
}
