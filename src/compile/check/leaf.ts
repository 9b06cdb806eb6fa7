import type { AssertSpec, GetSpec, PauseSpec, PutSpec, RunSpec, Step, Text } from '../../model/playbook.ts'
import type { Template } from '../../model/template.ts'
import type { CheckedLeaf, LeafAction } from './checked.ts'
import type { Texts } from './texts.ts'

export type LeafSpec = RunSpec | PutSpec | GetSpec | AssertSpec | PauseSpec

/** Checks all texts of a step that does something; those that it shares with groups are its options. */
export function checkLeaf(step: Step, spec: LeafSpec, texts: Texts): CheckedLeaf {
  const until = step.retry?.until
  return {
    kind: 'leaf',
    action: actionOf(spec, texts),
    ...(spec.kind === 'run' && spec.changedWhen !== undefined
      ? { changedWhen: texts.resultCondition(spec.changedWhen) }
      : {}),
    ...(spec.kind === 'run' && spec.failedWhen !== undefined
      ? { failedWhen: texts.resultCondition(spec.failedWhen) }
      : {}),
    ...(until === undefined ? {} : { until: texts.resultCondition(until) }),
    references: texts.references,
  }
}

function actionOf(spec: LeafSpec, texts: Texts): LeafAction {
  switch (spec.kind) {
    case 'run':
      return runOf(spec, texts)
    case 'put':
      return putOf(spec, texts)
    case 'get':
      return { kind: 'get', src: texts.template(spec.src), dest: texts.template(spec.dest) }
    case 'assert':
      return {
        kind: 'assert',
        that: spec.that.map(text => texts.condition(text)),
        ...optional('message', spec.message, texts),
      }
    case 'pause':
      return { kind: 'pause', ms: spec.ms }
  }
}

function runOf(spec: RunSpec, texts: Texts): LeafAction & { kind: 'run' } {
  return {
    kind: 'run',
    script: texts.template(spec.script, 'shell'),
    ...(spec.shell === undefined ? {} : { shell: spec.shell }),
    ...(spec.stdin === undefined ? {} : { stdin: texts.secretTemplate(spec.stdin) }),
    creates: spec.creates.map(text => texts.template(text)),
    removes: spec.removes.map(text => texts.template(text)),
    ...optional('unless', spec.unless, texts, 'shell'),
    ...optional('onlyIf', spec.onlyIf, texts, 'shell'),
    readOnly: spec.readOnly,
    ...(spec.writes === undefined ? {} : { writes: spec.writes.map(text => texts.template(text)) }),
    ...(spec.idempotent ? { idempotent: true } : {}),
    ...(spec.detach ? { detach: true } : {}),
    ...(spec.reconnect ? { reconnect: true } : {}),
  }
}

function putOf(spec: PutSpec, texts: Texts): LeafAction & { kind: 'put' } {
  const { kind, text } = spec.source
  return {
    kind: 'put',
    source: {
      kind,
      text: kind === 'content' ? texts.secretTemplate(text) : texts.template(text),
      where: text.where,
      shownAs: text.value,
    },
    dest: texts.template(spec.dest),
    ...optional('mode', spec.mode, texts),
    ...optional('owner', spec.owner, texts),
    ...optional('group', spec.group, texts),
    parents: spec.parents,
  }
}

function optional<K extends string>(
  key: K,
  text: Text | undefined,
  texts: Texts,
  kind: 'shell' | 'plain' = 'plain',
): { readonly [P in K]?: Template } {
  return text === undefined ? {} : ({ [key]: texts.template(text, kind) } as { readonly [P in K]: Template })
}
