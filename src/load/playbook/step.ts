import type { GetSpec, Need, PutSpec, RunSpec, Step, StepSpec, Text } from '../../model/playbook.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import { child, type YamlNode } from '../yaml/tree.ts'
import { readFlag, readHostCount, readOptions } from './options.ts'
import { textOf, textsOf } from './text.ts'

/** Makes a step of its map. What does not fit is left out or empty: the schema has told it already. */
export function readStep(source: LinedText, node: YamlNode, id: string): Step {
  const hosts = textOf(source, child(node, 'hosts'))
  const needs = readNeeds(source, child(node, 'needs'))
  const maxFailures = readHostCount(child(node, 'max_failures'))
  return {
    id,
    title: textOf(source, child(node, 'name'))?.value ?? id,
    spec: readSpec(source, node),
    parallel: 1,
    semaphores: [],
    once: readFlag(child(node, 'once')),
    ...readOptions(source, node),
    ...(hosts === undefined ? {} : { hosts }),
    ...(needs === undefined ? {} : { needs }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
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

function readSpec(source: LinedText, node: YamlNode): StepSpec {
  const put = child(node, 'put')
  if (put !== undefined) return readPut(source, put)
  const get = child(node, 'get')
  return get === undefined ? readRun(source, node) : readGet(source, get)
}

function readRun(source: LinedText, node: YamlNode): RunSpec {
  const stdin = textOf(source, child(node, 'stdin'))
  return {
    kind: 'run',
    script: requiredText(source, node, 'run'),
    ...(stdin === undefined ? {} : { stdin }),
    readOnly: readFlag(child(node, 'read_only')),
    reconnect: false,
    creates: textsOf(source, child(node, 'creates')),
    removes: textsOf(source, child(node, 'removes')),
  }
}

function readPut(source: LinedText, node: YamlNode): PutSpec {
  const content = textOf(source, child(node, 'content'))
  const mode = textOf(source, child(node, 'mode'))
  const owner = textOf(source, child(node, 'owner'))
  const group = textOf(source, child(node, 'group'))
  return {
    kind: 'put',
    source:
      content === undefined
        ? { kind: 'src', text: requiredText(source, node, 'src') }
        : { kind: 'content', text: content },
    dest: requiredText(source, node, 'dest'),
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    parents: readFlag(child(node, 'parents')),
  }
}

function readGet(source: LinedText, node: YamlNode): GetSpec {
  return { kind: 'get', src: requiredText(source, node, 'src'), dest: requiredText(source, node, 'dest') }
}

/** The text of a key; an empty one at the map's place where the key is missing or no text. */
function requiredText(source: LinedText, node: YamlNode, key: string): Text {
  const text = textOf(source, child(node, key))
  if (text !== undefined) return text
  const where = placeAt(source, node.start)
  return { value: '', where, at: () => where }
}

function readNeeds(source: LinedText, node: YamlNode | undefined): readonly Need[] | undefined {
  if (node === undefined) return undefined
  const needs = node.kind === 'list' ? node.items : [node]
  return needs.flatMap(need => {
    const step = need.kind === 'map' ? child(need, 'step') : need
    const on = child(need, 'on')
    if (step?.kind !== 'scalar' || step.type === 'null') return []
    return {
      step: step.text,
      if: 'success',
      on: on?.kind === 'scalar' && on.text === 'all' ? 'all' : 'host',
      where: placeAt(source, step.start, step.end),
    }
  })
}
