import type { BecomeMethod, Playbook, Step, StepOptions, StepSpec, Text } from '../../model/playbook.ts'
import type { Where } from '../../model/problem.ts'

/** What one ad hoc command line asks for, as it would stand in a playbook: texts may hold `${{ }}`. */
export type AdhocStep =
  | {
      readonly kind: 'run'
      readonly script: string
      readonly cwd?: string | undefined
      readonly env: readonly (readonly [name: string, value: string])[]
    }
  | {
      readonly kind: 'put'
      /** A local path, relative to the working folder. */
      readonly src: string
      readonly dest: string
      readonly mode?: string | undefined
      readonly owner?: string | undefined
      readonly group?: string | undefined
      readonly parents: boolean
    }
  | {
      readonly kind: 'get'
      readonly src: string
      /** A local folder, relative to the working folder. */
      readonly dest: string
    }

export interface AdhocPlay {
  /** For people: the command line in short. */
  readonly name: string
  /** One pattern for all of the hosts. */
  readonly hosts: string
  readonly timeout?: { readonly text: string; readonly ms: number } | undefined
  readonly become?: AdhocBecome | undefined
  /** They do not wait for each other. */
  readonly steps: readonly AdhocStep[]
}

/** As whom to act: with `user`, that one; else with `become`, root or whom the inventory names. */
export interface AdhocBecome {
  readonly become: boolean
  readonly user?: string | undefined
  readonly method?: BecomeMethod | undefined
}

/** Stands in problems where a playbook's file name would. */
const COMMAND_LINE = 'command line'

/** The playbook that an ad hoc command line stands for. Local paths are relative to `cwd`. */
export function adhocPlaybook(play: AdhocPlay, cwd: string): Playbook {
  return {
    file: COMMAND_LINE,
    folder: cwd,
    name: play.name,
    hosts: text(play.hosts),
    params: [],
    semaphores: new Map(),
    vars: [],
    secrets: [],
    defaults: {
      ...(play.timeout === undefined ? {} : { timeoutMs: play.timeout.ms }),
      ...(play.become === undefined ? {} : becomeDefaults(play.become)),
    },
    steps: play.steps.map((step, index) => adhocStep(step, play.steps.length === 1 ? '' : `_${index + 1}`)),
  }
}

function becomeDefaults({ become, user, method }: AdhocBecome): Pick<StepOptions, 'become' | 'becomeMethod'> {
  return {
    ...(user === undefined ? become && { become } : { become: text(user) }),
    ...(method === undefined ? {} : { becomeMethod: method }),
  }
}

function adhocStep(step: AdhocStep, suffix: string): Step {
  const id = `${step.kind}${suffix}`
  // Line 0: the step has no place in a file that could be shown.
  const where = { file: COMMAND_LINE, line: 0, col: 1 }
  const options = step.kind === 'run' ? runOptions(step) : {}
  return {
    id,
    title: id,
    spec: spec(step),
    needs: [],
    parallel: 1,
    semaphores: [],
    once: false,
    mayOverlap: false,
    ...options,
    where,
  }
}

function runOptions({ cwd, env }: AdhocStep & { kind: 'run' }): Pick<Step, 'cwd' | 'env'> {
  return {
    ...(cwd === undefined ? {} : { cwd: text(cwd) }),
    ...(env.length === 0 ? {} : { env: env.map(([name, value]) => [name, text(value)] as const) }),
  }
}

function spec(step: AdhocStep): StepSpec {
  switch (step.kind) {
    case 'run':
      return {
        kind: 'run',
        script: text(step.script),
        readOnly: false,
        idempotent: false,
        detach: false,
        reconnect: false,
        creates: [],
        removes: [],
      }
    case 'put': {
      const { src, dest, mode, owner, group, parents } = step
      return {
        kind: 'put',
        source: { kind: 'src', text: text(src) },
        dest: text(dest),
        ...(mode === undefined ? {} : { mode: text(mode) }),
        ...(owner === undefined ? {} : { owner: text(owner) }),
        ...(group === undefined ? {} : { group: text(group) }),
        parents,
      }
    }
    case 'get':
      return { kind: 'get', src: text(step.src), dest: text(step.dest) }
  }
}

/** A text whose places are columns of itself: problems show it with a caret. */
function text(value: string): Text {
  return { value, where: place(value, 0, value.length), at: (offset, length) => place(value, offset, length) }
}

function place(value: string, offset: number, length: number): Where {
  const start = value.lastIndexOf('\n', offset - 1) + 1
  const end = value.indexOf('\n', start)
  const source = end === -1 ? value.slice(start) : value.slice(start, end)
  const line = value.slice(0, start).split('\n').length
  const col = offset - start + 1
  return {
    file: COMMAND_LINE,
    line,
    col,
    length: Math.max(1, Math.min(length, source.length - col + 1)),
    source,
  }
}
