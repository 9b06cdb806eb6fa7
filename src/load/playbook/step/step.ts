import type { Step, StepSpec } from '../../../model/playbook.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { readOptions } from '../options.ts'
import { present } from '../present.ts'
import { readFlag, readHostCount, readNumber } from '../quantity.ts'
import { settingOf } from '../setting.ts'
import { namesOf, textOf } from '../text.ts'
import { readNeeds, readRetry, readRolling } from './control.ts'
import { readAssert, readPause } from './controller.ts'
import type { StepReader } from './reader.ts'
import { readRun } from './run.ts'
import { readGet, readPut } from './transfer.ts'
import { readUse } from './use.ts'

/** Makes a step of its map. What does not fit is left out or empty: the schema has told it already. */
export function readStep(reader: StepReader, node: YamlNode): Step {
  const { source } = reader
  const id = reader.nextId()
  const forEach = child(node, 'for_each')
  return {
    id,
    title: textOf(source, child(node, 'name'))?.value ?? id,
    spec: readSpec(reader, node),
    parallel: readNumber(child(node, 'parallel')) ?? 1,
    semaphores: namesOf(source, child(node, 'semaphores')),
    once: readFlag(child(node, 'once')),
    mayOverlap: readFlag(child(node, 'may_overlap')),
    ...readOptions(source, node),
    ...present({
      needs: readNeeds(source, child(node, 'needs')),
      when: textOf(source, child(node, 'when')),
      forEach: forEach === undefined ? undefined : settingOf(source, forEach),
      retry: readRetry(source, child(node, 'retry')),
      delegateTo: textOf(source, child(node, 'delegate_to')),
      maxFailures: readHostCount(child(node, 'max_failures')),
      rolling: readRolling(source, child(node, 'rolling')),
    }),
    where: stepPlace(source, node),
  }
}

/** A step is shown by its id where it has one, else by its first key. */
function stepPlace(source: LinedText, node: YamlNode) {
  if (node.kind !== 'map') return placeAt(source, node.start, node.end)
  const [first] = node.entries.values()
  const { start, end } = child(node, 'id') ?? first?.key ?? node
  return placeAt(source, start, end)
}

function readSpec(reader: StepReader, node: YamlNode): StepSpec {
  const { source } = reader
  const kind = (key: string) => child(node, key)
  const [steps, put, get] = [kind('steps'), kind('put'), kind('get')]
  const [assert, pause] = [kind('assert'), kind('pause')]
  if (steps?.kind === 'list') return { kind: 'group', steps: steps.items.map(step => readStep(reader, step)) }
  if (kind('use') !== undefined) return readUse(reader, node)
  if (put !== undefined) return readPut(source, put)
  if (get !== undefined) return readGet(source, get)
  if (assert !== undefined) return readAssert(source, assert)
  if (pause !== undefined) return readPause(pause)
  return readRun(source, node)
}
