import { isList, isMap } from '../../src/expr/cel-value.ts'
import { Language, type LanguageSpec } from '../../src/expr/environment.ts'
import type { Depends } from '../../src/expr/expression.ts'
import type { ResultView, Scope, StepView } from '../../src/expr/scope.ts'
import type { Host } from '../../src/model/host.ts'
import { NO_OUTPUT, type Outcome } from '../../src/model/outcome.ts'
import type { ParamDecl, ParamType, Setting, Text, VarDecl } from '../../src/model/playbook.ts'
import { type Value, WrittenNumber } from '../../src/model/value.ts'
import { pathBelow, WHOLE } from '../../src/model/value-path.ts'

// What tests of expressions are made of.

/** A text that stands alone in a file: places count from its beginning. */
export function text(value: string): Text {
  const at = (offset: number, length: number) => {
    const lines = value.slice(0, offset).split('\n')
    return { file: 'f', line: lines.length, col: (lines.at(-1)?.length ?? 0) + 1, length }
  }
  return { value, where: at(0, value.length), at }
}

export function setting(value: Value): Setting {
  const texts = new Map<string, Text>()
  const visit = (inner: Value, path: string): void => {
    if (typeof inner === 'string') texts.set(path, text(inner))
    else if (isList(inner)) for (const [index, item] of inner.entries()) visit(item, pathBelow(path, index))
    else if (isMap(inner)) for (const [key, item] of Object.entries(inner)) visit(item, pathBelow(path, key))
  }
  visit(value, WHOLE)
  return { value, where: text('').where, texts }
}

export const num = (written: string): Value => new WrittenNumber(written)

export function vars(values: Readonly<Record<string, Value>>): VarDecl[] {
  return Object.entries(values).map(([name, value]) => ({ name, ...setting(value) }))
}

export function param(name: string, type: ParamType): ParamDecl {
  return { name, type, misfit: () => undefined, where: text('').where } as unknown as ParamDecl
}

export function language(spec: Partial<LanguageSpec> & { readonly isInclude?: true } = {}): Language {
  const { isInclude, ...names } = spec
  return new Language({
    ...(isInclude ? {} : { vars: [] }),
    params: [],
    steps: new Map(),
    ...names,
  })
}

export const HOST: Host = {
  name: 'web1',
  vars: { rack: 'r7' },
  groups: ['all', 'web'],
  connection: { transport: 'ssh', address: '10.0.0.1', port: 22, user: 'ops', keys: [] },
}

export function scope(
  more: Partial<Scope> & { readonly vars?: Readonly<Record<string, Value>> } = {},
): Scope {
  return {
    host: HOST,
    groups: new Map([['web', ['web1', 'web2']]]),
    env: { HOME: '/root' },
    run: undefined,
    variable: name => more.vars?.[name],
    param: () => undefined,
    facts: () => undefined,
    step: () => undefined,
    readFile: path => ({ problem: `there is no file ${path}` }),
    ...more,
  }
}

export const depends: Depends = ({ root }) => ({
  perHost: ['host', 'facts', 'steps', 'result'].includes(root),
  late: ['facts', 'steps', 'result', 'run'].includes(root),
})

export function result(stdout: string, more: { outcome?: Outcome; exitCode?: number } = {}): ResultView {
  const { outcome = 'changed', exitCode = 0 } = more
  return {
    outcome,
    result: {
      outcome,
      exitCode,
      stdout: { head: stdout, tail: '', bytes: stdout.length, truncated: false },
      stderr: NO_OUTPUT,
      durationMs: 1500,
    },
  }
}

export const oneStep = (
  here: ResultView | undefined,
  others: Readonly<Record<string, ResultView>> = {},
): StepView => ({
  kind: 'step',
  here,
  on: host => others[host],
})
