import type { Language } from '../../expr/environment.ts'
import type { Text } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { Checked, CheckedOptions, CheckedStep } from '../check/checked.ts'
import type { Bound, Inherited, Place } from './block.ts'

/** What the steps of a playbook have before anything else is said. */
export function rootInheritance(hosts: Text | undefined): Inherited {
  return { hosts, env: new Map(), tags: [], when: [] }
}

export function bind<T>({ code, references }: Checked<T>, language: Language, place: Place): Bound<T> {
  return { code, references, language, place }
}

/** The options that stand at `place`, and for those that it does not set what is around it. */
export function withOptions(
  around: Inherited,
  options: CheckedOptions,
  language: Language,
  place: Place,
): Inherited {
  const { hosts, cwd, env, timeoutMs, throttle, onFailure, tags, become, becomeMethod } = options
  return {
    ...around,
    ...(hosts === undefined ? {} : { hosts }),
    ...(cwd === undefined ? {} : { cwd: bind(cwd, language, place) }),
    env:
      env.length === 0
        ? around.env
        : new Map([
            ...around.env,
            ...env.map(([name, text]) => [name, bind(text, language, place)] as const),
          ]),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(onFailure === undefined ? {} : { onFailure }),
    tags: tags.length === 0 ? around.tags : [...around.tags, ...tags],
    ...(become === undefined
      ? {}
      : { become: typeof become === 'boolean' ? become : bind(become, language, place) }),
    ...(becomeMethod === undefined ? {} : { becomeMethod }),
  }
}

/** What a step or a group adds at its place: its options, its condition, and how many hosts may fail. */
export function withStep(around: Inherited, checked: CheckedStep, place: Place): Inherited {
  const { step, language, when } = checked
  const inherited = withOptions(around, checked.options, language, place)
  const maxFailures = step.maxFailures ?? step.rolling?.maxFailures
  return {
    ...inherited,
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(when === undefined ? {} : { when: [...inherited.when, bind(when, language, place)] }),
  }
}

/** What a rolling group adds for its members. */
export function withRolling(
  inherited: Inherited,
  { step }: CheckedStep,
  id: string,
  problems: Problem[],
): Inherited {
  const { rolling: spec } = step
  if (spec === undefined) return inherited
  if (inherited.rolling === undefined)
    return { ...inherited, rolling: { spec, id, where: step.where, hosts: inherited.hosts } }
  problems.push({
    code: 'playbook_schema',
    severity: 'error',
    message: `"${step.id}" is in the rolling group "${inherited.rolling.id}": batches cannot have batches`,
    where: spec.where,
    hint: 'take one of the two "rolling" away',
  })
  return inherited
}
