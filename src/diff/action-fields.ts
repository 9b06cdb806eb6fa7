import { dirname } from 'node:path'
import type { Action, Become, RunAction } from '../model/action.ts'
import type { Field } from '../model/plan-diff.ts'
import { formatMs } from '../model/quantity.ts'
import type { Sketch } from '../model/sketch.ts'
import type { Side } from './side.ts'

/** What a step does on a host, named as the playbook names it. What it waits for and when it runs are the step's. */
export function actionFields(sketch: Sketch, files: Side['files']): readonly Field[] {
  switch (sketch.kind) {
    case 'skipped':
      return [field('does', `nothing: ${sketch.note}`)]
    case 'failure':
      return [field('does', `fails: ${sketch.failure.message}`)]
    case 'pause':
      return [field('does', 'pause'), field('pause', formatMs(sketch.ms))]
    case 'assert':
      return [
        field('does', 'assert'),
        field('assert', sketch.that.join('\n')),
        ...given('message', sketch.message),
      ]
    case 'action':
      return [field('does', sketch.action.kind), ...fieldsOf(sketch.action, files)]
  }
}

function fieldsOf(action: Action, files: Side['files']): readonly Field[] {
  const around = [...becomeFields(action.become), field('timeout', formatMs(action.timeoutMs))]
  switch (action.kind) {
    case 'run':
      return [...runFields(action), ...around]
    case 'put': {
      const { source, dest, mode, owner, group, parents } = action
      return [
        field(source.kind, source.text),
        field('dest', dest),
        ...given('mode', mode),
        ...given('owner', owner),
        ...given('group', group),
        ...(parents ? [field('parents', 'true')] : []),
        ...around,
        ...(source.kind === 'src' ? files(source.text) : []),
      ]
    }
    case 'get':
      // Each host has a folder of its own there.
      return [field('src', action.src), field('dest', dirname(action.dest)), ...around]
  }
}

function runFields(action: RunAction): readonly Field[] {
  const { script, shell, cwd, env, stdin, creates, removes, unless, onlyIf, readOnly, writes } = action
  return [
    field('run', script),
    ...given('shell', shell),
    ...given('cwd', cwd),
    ...env.map(([name, value]) => field(`env ${name}`, value)),
    ...given('stdin', stdin),
    ...listed('creates', creates),
    ...listed('removes', removes),
    ...given('unless', unless),
    ...given('only_if', onlyIf),
    ...(readOnly ? [field('read_only', 'true')] : []),
    ...(writes?.length === 0 ? [field('writes', 'nothing')] : listed('writes', writes ?? [])),
    ...(action.idempotent === true ? [field('idempotent', 'true')] : []),
    ...(action.detach === true ? [field('detach', 'true')] : []),
    ...(action.reconnect === true ? [field('reconnect', 'true')] : []),
  ]
}

function becomeFields(become: Become | undefined): readonly Field[] {
  return become === undefined ? [] : [field('become', `${become.user} (${become.method})`)]
}

const field = (name: string, text: string): Field => ({ name, text })

const given = (name: string, text: string | undefined): readonly Field[] =>
  text === undefined ? [] : [{ name, text }]

const listed = (name: string, texts: readonly string[]): readonly Field[] =>
  texts.length === 0 ? [] : [{ name, text: texts.join('\n') }]
