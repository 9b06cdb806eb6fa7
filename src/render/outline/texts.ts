import type { Setting, Step, StepSpec, Text } from '../../model/playbook.ts'

/** The expressions of a step as they are written, conditions and insides of `${{ }}`. */
export function expressionsOf(step: Step): string[] {
  const { bare, texts } = writtenIn(step)
  return [...bare.map(({ value }) => value), ...texts.flatMap(({ value }) => insides(value))]
}

interface Written {
  /** Expressions without `${{ }}`. */
  readonly bare: readonly Text[]
  readonly texts: readonly Text[]
}

function writtenIn(step: Step): Written {
  const { spec } = step
  const own = ofSpec(spec)
  const become = typeof step.become === 'object' ? step.become : undefined
  return {
    bare: present([step.when, step.retry?.until, ...own.bare]),
    texts: [
      ...present([step.cwd, step.delegateTo, become]),
      ...(step.env ?? []).map(([, text]) => text),
      ...(step.forEach === undefined ? [] : step.forEach.texts.values()),
      ...own.texts,
    ],
  }
}

function ofSpec(spec: StepSpec): Written {
  switch (spec.kind) {
    case 'run': {
      const { script, stdin, creates, removes, unless, onlyIf, changedWhen, failedWhen, writes } = spec
      const texts = present([script, stdin, ...creates, ...removes, unless, onlyIf, ...(writes ?? [])])
      return { bare: present([changedWhen, failedWhen]), texts }
    }
    case 'put':
      return { bare: [], texts: present([spec.source.text, spec.dest, spec.mode, spec.owner, spec.group]) }
    case 'get':
      return { bare: [], texts: [spec.src, spec.dest] }
    case 'assert':
      return { bare: spec.that, texts: present([spec.message]) }
    case 'use':
      return {
        bare: [],
        texts: [...spec.with.values()].flatMap((given: Setting) => [...given.texts.values()]),
      }
    case 'pause':
    case 'group':
      return { bare: [], texts: [] }
  }
}

function present(texts: readonly (Text | undefined)[]): Text[] {
  return texts.filter(text => text !== undefined)
}

/** What stands in `${{ }}`; an expression may hold strings with braces. */
function insides(text: string): string[] {
  return [
    ...text.matchAll(/(?<!\$)\$\{\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'}]|\}(?!\}))*)\}\}/g),
  ].map(([, inside = '']) => inside.trim())
}

/** A step that an expression names, and which of its fields: `steps.build.stdout`. */
export interface StepReference {
  readonly step: string
  readonly field: string | undefined
  /** `steps.build.on["web1"]`: on one named host. */
  readonly elsewhere: boolean
}

const REFERENCE =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![.\w])steps\s*(?:\.\s*(\w+)|\[\s*["'](\w+)["']\s*\])(\s*\.\s*on\s*\[[^\]]*\])?(?:\s*\.\s*(\w+))?/g

/** The steps that an expression refers to; names inside its strings are none. */
export function referencesIn(expression: string): StepReference[] {
  return [...expression.matchAll(REFERENCE)].flatMap(([, dotted, keyed, on, field]) => {
    const step = dotted ?? keyed
    return step === undefined ? [] : [{ step, field, elsewhere: on !== undefined }]
  })
}
