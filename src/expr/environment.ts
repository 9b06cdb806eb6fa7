import type { Environment, ParseResult } from '@marcbachmann/cel-js'
import type { ParamDecl, VarDecl } from '../model/playbook.ts'
import { type Doubles, doublesIn, Evaluation } from './evaluation.ts'
import { baseEnvironment, MATCHES, registerView } from './functions/environment.ts'
import { type Prepared, prepare } from './prepared.ts'
import { type Reader, readerOf } from './reader.ts'
import type { Scope } from './scope.ts'
import {
  ANY,
  celTypeOf,
  FACTS_SHAPE,
  type MapShape,
  openMap,
  type Shape,
  shapeOfParam,
  shapeOfType,
  TEXT,
  TEXTS,
} from './shape.ts'
import { StepsView } from './step-views.ts'
import { shapesOfVars } from './var-shapes.ts'
import { HOST_SHAPE, RESULT_SHAPE, RUN_SHAPE, type StepForm, stepsShape } from './view-shapes.ts'
import { ParamsView, VarsView } from './views.ts'

/** The names of one file. */
export interface LanguageSpec {
  /** Undefined in a file that others include. */
  readonly vars?: readonly VarDecl[] | undefined
  /** Names; undefined in a file that others include. */
  readonly secrets?: readonly string[] | undefined
  readonly params: readonly ParamDecl[]
  readonly steps: ReadonlyMap<string, StepForm>
}

/** What a place in the file has besides. */
export interface Inner {
  /** Of the items of the loop around: a CEL type, or all that is known of them. */
  readonly item?: string | Shape
  /** In place of the file's. */
  readonly steps?: ReadonlyMap<string, StepForm>
  /** There is `result`, the step's own. */
  readonly result?: true
  /** The names that blocks of a template file bind. */
  readonly locals?: ReadonlyMap<string, Shape>
}

/** What all languages of one file share. */
interface File {
  readonly vars: ReadonlyMap<string, VarDecl>
  readonly environment: Environment
  readonly shapes: ReadonlyMap<string, Shape>
  readonly doubles: Doubles
  readonly variants: Map<string, Language>
}

const BASE = baseEnvironment()

/** The CEL language of one place in a playbook: its names are typed. */
export class Language {
  readonly names: ReadonlyMap<string, Shape>
  readonly inner: Inner
  readonly #file: File
  readonly #environment: Environment
  readonly #prepared = new Map<string, Prepared>()
  readonly #parsed = new Map<string, ParseResult>()
  readonly #readers = new Map<string, Reader>()

  constructor(spec: LanguageSpec | { readonly file: File; readonly inner: Inner }) {
    this.#file = 'file' in spec ? spec.file : fileOf(spec)
    this.inner = 'file' in spec ? spec.inner : { steps: spec.steps }
    this.names = namesOf(this.#file, this.inner)
    this.#environment = environmentOf(this.#file, this.names)
  }

  get vars(): ReadonlyMap<string, VarDecl> {
    return this.#file.vars
  }

  /** The language further inside; the same one for the same names. */
  within(inner: Inner): Language {
    const all: Inner = { ...this.inner, ...inner }
    const key = JSON.stringify(
      [all.item, [...(all.steps ?? [])], all.result, [...(all.locals ?? [])]],
      mapsAsLists,
    )
    const known = this.#file.variants.get(key)
    if (known !== undefined) return known
    const language = new Language({ file: this.#file, inner: all })
    this.#file.variants.set(key, language)
    return language
  }

  /** What is known of a variable or parameter. */
  shapeOf(root: 'vars' | 'params', name: string): Shape | undefined {
    const shape = this.names.get(root)
    return shape?.kind === 'map' ? shape.keys.get(name) : undefined
  }

  /**
   * Parses an expression, once for each source, and finds its type.
   * @throws the library's ParseError
   */
  prepare(source: string): Prepared {
    const known = this.#prepared.get(source)
    if (known !== undefined) return known
    const prepared = prepare(this.#environment.parse(source), this.names)
    this.#prepared.set(source, prepared)
    return prepared
  }

  /** Whether an expression can be read at all. */
  parses(source: string): boolean {
    try {
      this.#parse(source)
      return true
    } catch {
      return false
    }
  }

  /** How a checked expression is read, worked out once for each source. */
  reader(source: string): Reader {
    const known = this.#readers.get(source)
    if (known !== undefined) return known
    const reader = readerOf(source, part => this.#parse(part).ast, this.names)
    this.#readers.set(source, reader)
    return reader
  }

  /** @throws the library's EvaluationError, ExpressionFailure, MissingValue */
  evaluate(source: string, scope: Scope): unknown {
    return this.prepare(source).parsed(new Evaluation(scope, this.#file.doubles))
  }

  /** The names of functions, or of methods. */
  functions(methods: boolean): readonly string[] {
    const all = this.#environment.getDefinitions().functions
    const named = all.filter(fn => (fn.receiverType !== null) === methods && fn.name !== 'bind')
    return [...new Set(named.map(({ name }) => (name === MATCHES ? 'matches' : name)))]
  }

  #parse(source: string): ParseResult {
    const known = this.#parsed.get(source) ?? this.#environment.parse(source)
    this.#parsed.set(source, known)
    return known
  }
}

/** Variables that are one expression have its type: that takes a language without them first. */
function fileOf(spec: LanguageSpec): File {
  const inner: Inner = { steps: spec.steps }
  const shapes = shapesOfVars(spec.vars ?? [], known => new Language({ file: fileWith(spec, known), inner }))
  return fileWith(spec, shapes)
}

function fileWith({ vars, params, secrets }: LanguageSpec, ofVars: ReadonlyMap<string, Shape>): File {
  const ofParams = new Map(params.map(({ name, type }) => [name, shapeOfParam(type)]))
  const shapes = new Map<string, MapShape>([
    ...(vars === undefined
      ? []
      : [['vars', { kind: 'map', keys: ofVars, values: ANY, view: 'Vars' }] as const]),
    ['params', { kind: 'map', keys: ofParams, values: ANY, view: 'Params' }],
  ])
  const secretShapes = new Map((secrets ?? []).map(name => [name, TEXT]))
  const environment = BASE.clone()
  for (const [root, shape] of shapes)
    registerView(environment, shape, root === 'vars' ? VarsView : ParamsView)
  return {
    vars: new Map(vars?.map(decl => [decl.name, decl])),
    environment,
    shapes:
      secrets === undefined
        ? shapes
        : new Map([...shapes, ['secrets', { kind: 'map', keys: secretShapes, values: TEXT }]]),
    doubles: { vars: doublesIn(ofVars), params: doublesIn(ofParams) },
    variants: new Map(),
  }
}

function namesOf({ shapes }: File, { item, steps, result, locals }: Inner): ReadonlyMap<string, Shape> {
  return new Map<string, Shape>([
    ...shapes,
    ['host', HOST_SHAPE],
    ['groups', openMap(TEXTS)],
    ['facts', FACTS_SHAPE],
    ['run', RUN_SHAPE],
    ['env', openMap(TEXT)],
    ['steps', stepsShape(steps ?? new Map())],
    ...(item === undefined ? [] : [['item', typeof item === 'string' ? shapeOfType(item) : item] as const]),
    ...(result === undefined ? [] : [['result', RESULT_SHAPE] as const]),
    ...(locals ?? []),
  ])
}

function environmentOf({ environment }: File, names: ReadonlyMap<string, Shape>): Environment {
  const own = environment.clone()
  for (const [name, shape] of names) {
    if (name === 'steps') registerView(own, shape as MapShape, StepsView)
    // An int may stand where a double does.
    own.registerVariable(name, shape.kind === 'double' || shape.kind === 'null' ? 'dyn' : celTypeOf(shape))
  }
  return own
}

const mapsAsLists = (_: string, value: unknown) => (value instanceof Map ? [...value] : value)
