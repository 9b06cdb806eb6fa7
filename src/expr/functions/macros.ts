import { type ASTNode, EvaluationError } from '@marcbachmann/cel-js'
import { HIDDEN } from '../evaluation.ts'
import { MissingValue, valueFailure } from '../failure.ts'
import type { Scope } from '../scope.ts'

interface Type {
  readonly kind: string
  readonly type: string
  unify(registry: unknown, other: Type): Type | null
}

interface Checker {
  check(ast: ASTNode, context: unknown): Type
  getType(name: string): Type
  createError(code: string, message: string, ast: ASTNode): Error
  readonly registry: unknown
}

interface Evaluator {
  tryEval(ast: ASTNode, context: unknown): unknown
  run(ast: ASTNode, context: unknown): unknown
}

interface Context {
  getValue(name: string): unknown
}

/** `default(x, y)`: x, or y where x is missing. As a macro, since x is not evaluated before it is known to be there. */
export function defaultMacro({ args: [wanted, fallback] }: { args: [ASTNode, ASTNode] }) {
  return {
    async: false,
    typeCheck(checker: Checker, _macro: unknown, context: unknown) {
      const type = checker.check(wanted, context)
      return type.unify(checker.registry, checker.check(fallback, context)) ?? checker.getType('dyn')
    },
    evaluate(evaluator: Evaluator, _macro: unknown, context: unknown) {
      const value = evaluator.tryEval(wanted, context)
      if (!(value instanceof Error)) return value
      if (isMissing(value)) return evaluator.run(fallback, context)
      throw value
    },
  }
}

export function isMissing(error: unknown): boolean {
  if (error instanceof MissingValue) return true
  return (
    error instanceof EvaluationError && (error.code === 'no_such_key' || error.code === 'index_out_of_bounds')
  )
}

/** `file(path)`: the text of a local file. As a macro, since only those see what is evaluated in. */
export function fileMacro({ args: [path] }: { args: [ASTNode] }) {
  return {
    async: false,
    typeCheck(checker: Checker, _macro: unknown, context: unknown) {
      const { type, kind } = checker.check(path, context)
      if (type === 'string' || kind === 'dyn') return checker.getType('string')
      throw checker.createError(
        'no_matching_overload',
        `file() takes a path, not a value of type ${type}`,
        path,
      )
    },
    evaluate(evaluator: Evaluator, _macro: unknown, context: Context) {
      const name = evaluator.run(path, context)
      if (typeof name !== 'string') throw valueFailure('file() takes a path, which is a text')
      const read = (context.getValue(HIDDEN.readFile) as Scope['readFile'])(name)
      if (typeof read === 'string') return read
      throw valueFailure(read.problem)
    },
  }
}
