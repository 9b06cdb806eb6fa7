import { ANY, BOOL, DOUBLE, INT, type MapShape, mapShape, openMap, type Shape, TEXT, TEXTS } from './shape.ts'

/** What a step id stands for: one step, all items of a loop, or the members of a group or use. */
export type StepForm = 'step' | 'loop' | 'group'

export const HOST_SHAPE: MapShape = mapShape(
  [
    ['name', TEXT],
    ['address', TEXT],
    ['port', INT],
    ['user', TEXT],
    ['groups', TEXTS],
    ['vars', openMap(ANY)],
  ],
  'Host',
)

export const RUN_SHAPE: MapShape = mapShape(
  [
    ['id', TEXT],
    ['user', TEXT],
    ['started', TEXT],
  ],
  'Run',
)

const SUMS: readonly (readonly [string, Shape])[] = [
  ['changed', BOOL],
  ['failed', BOOL],
  ['skipped', BOOL],
  ['outcome', TEXT],
  ['duration', DOUBLE],
]

/** Of one step on one host. */
export const RESULT_SHAPE: MapShape = mapShape(
  [...SUMS, ['stdout', TEXT], ['stderr', TEXT], ['exit_code', INT], ['lines', TEXTS], ['json', ANY]],
  'Result',
)

const STEP_SHAPE: MapShape = mapShape([...RESULT_SHAPE.keys, ['on', openMap(RESULT_SHAPE)]], 'Step')
const LOOP_SHAPE: MapShape = mapShape([...SUMS, ['items', { kind: 'list', items: RESULT_SHAPE }]], 'Loop')
const GROUP_SHAPE: MapShape = mapShape(SUMS, 'Group')

export const STEP_FORMS: Readonly<Record<StepForm, MapShape>> = {
  step: STEP_SHAPE,
  loop: LOOP_SHAPE,
  group: GROUP_SHAPE,
}

/** `steps` of a file. */
export function stepsShape(steps: ReadonlyMap<string, StepForm>): MapShape {
  return {
    kind: 'map',
    keys: new Map([...steps].map(([id, form]) => [id, STEP_FORMS[form]])),
    values: ANY,
    view: 'Steps',
  }
}
