import { randomUUID } from 'node:crypto'
import { SecretMarks } from '../expr/secret-marks.ts'
import type { Foresight } from '../model/foresight.ts'
import type { Inventory } from '../model/host.ts'
import type { Plan } from '../model/plan.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Around } from './around.ts'
import { assemble } from './assemble.ts'
import { writtenNames } from './check/written-names.ts'
import { checkHostVars } from './check-host-vars.ts'
import { checkNodes } from './check-nodes.ts'
import { checkReferences } from './check-references.ts'
import type { CheckedTexts } from './check-texts.ts'
import type { Compiled, CompileOptions } from './compiled.ts'
import { Delegates } from './delegates.ts'
import { findGraph, type StepGraph } from './graph.ts'
import { keptResults } from './kept-results.ts'
import { LoopItems } from './loop-items.ts'
import type { Block, Draft } from './lower/block.ts'
import { type Lowered, lower } from './lower/lower.ts'
import { ForeseenResults } from './program/foreseen-results.ts'
import { createForesight } from './program/foresight.ts'
import type { LocalFiles } from './program/local-files.ts'
import { Nodes } from './program/nodes.ts'
import { ParamValues } from './program/param-values.ts'
import { createProgram, type PlanIndex } from './program/program.ts'
import { Results } from './program/results.ts'
import { Scopes } from './program/scopes.ts'
import { createSketch, Sketches } from './program/sketch.ts'
import { type ResultSource, Views } from './program/views.ts'
import { findRaces } from './races/find-races.ts'
import { raceProblems } from './races/race-problems.ts'
import { rollingMembers, strayMembers } from './rolling.ts'
import { type Selection, selectSteps } from './select.ts'
import type { Targets } from './targets.ts'
import { TemplateFiles } from './template-files.ts'
import { usedSecrets } from './used-secrets.ts'

export interface HostInputs {
  readonly playbook: Playbook
  readonly inventory: Inventory
  readonly targets: Targets
  readonly checked: CheckedTexts
  readonly files: LocalFiles
  readonly options: CompileOptions
  readonly around: Around
}

/** Compiles a playbook whose texts and structure are right, for its hosts. */
export function compileForHosts(inputs: HostInputs): Compiled {
  return new HostCompiler(inputs).compile()
}

class HostCompiler {
  readonly #inputs: HostInputs
  readonly #scopes: Scopes
  readonly #params: ParamValues
  readonly #templates: TemplateFiles
  readonly #delegates: Delegates
  readonly #nodes: Nodes

  constructor(inputs: HostInputs) {
    const { targets, checked, files, inventory, options } = inputs
    const { hosts } = targets
    const { variables } = checked
    this.#inputs = inputs
    const marks = new SecretMarks(randomUUID())
    this.#scopes = new Scopes({
      hosts,
      around: inputs.around,
      variables,
      files,
      marks,
    })
    this.#params = new ParamValues(this.#scopes)
    this.#scopes.param = (binding, host) => this.#params.of(binding, host)
    this.#templates = new TemplateFiles(files, variables.depends)
    this.#nodes = new Nodes({
      scopes: this.#scopes,
      hosts,
      carrier: (draft, host) => this.#delegates.carrier(draft, host),
      content: draft => this.#templates.contents.get(draft)?.template,
      landing: options.landing ?? (folder => folder),
      marks,
    })
    this.#delegates = new Delegates(inventory, hosts, this.#nodes, options.run?.user ?? '')
  }

  compile(): Compiled {
    const { checked, playbook, targets } = this.#inputs
    const loops = new LoopItems(this.#scopes, targets.hosts)
    const lowered = lower(checked.root, playbook.hosts, {
      hostsOf: targets.hostsOf,
      itemsOf: (loop, place, hosts) => loops.of(loop, place, hosts),
    })
    for (const draft of lowered.drafts) this.#addTemplate(draft)
    const unfolded = [...lowered.problems, ...loops.problems, ...this.#templates.problems]
    if (unfolded.length > 0) return { kind: 'refused', problems: unfolded }
    const graph = findGraph(lowered, checked.variables, this.#templates)
    const selection = selectSteps(
      { ...lowered, ...graph, written: writtenNames(checked.root) },
      this.#inputs.options,
    )
    for (const draft of lowered.drafts) if (!selection.excluded.has(draft)) this.#delegates.add(draft)
    const problems = this.#structureProblems(lowered, graph, selection)
    return problems.length > 0 ? { kind: 'refused', problems } : this.#finish(lowered, graph, selection)
  }

  #addTemplate(draft: Lowered['drafts'][number]): void {
    this.#templates.add(draft, (_, { text }) => {
      const path = this.#nodes.text(
        { code: text, language: draft.checked.language, place: draft.place },
        0,
        'run',
      )
      return typeof path === 'string' ? path : { ...path, severity: 'error' }
    })
  }

  #structureProblems(
    { drafts, sets }: Lowered,
    graph: StepGraph,
    { excluded, problems }: Selection,
  ): Problem[] {
    const { hosts, hostsOf } = this.#inputs.targets
    const uses = drafts.flatMap(draft => {
      if (draft.inherited.when.length > 0 || excluded.has(draft)) return []
      return (graph.uses.get(draft)?.hosts ?? []).map(reference => ({ reference, targets: draft.hosts }))
    })
    const stray = strayMembers(
      rollingMembers(drafts),
      draft => hostsOf(draft.inherited.hosts),
      group => hostsOf(group.hosts),
    )
    return [
      ...problems,
      ...graph.problems,
      ...stray,
      ...this.#delegates.problems,
      ...checkReferences({ drafts, graph, excluded, hosts, sets }),
      ...checkHostVars(uses, hosts),
    ]
  }

  #finish(lowered: Lowered, graph: StepGraph, { excluded }: Selection): Compiled {
    const { playbook, inventory, targets } = this.#inputs
    const { hosts } = targets
    const sketches = new Sketches(this.#nodes)
    const drafts = lowered.drafts.filter(draft => !excluded.has(draft))
    const problems = checkNodes({ drafts, hosts, sketches, nodes: this.#nodes, params: this.#params })
    if (problems.length > 0) return { kind: 'refused', problems }
    const { carriers } = this.#delegates
    const { contents } = this.#templates
    const { plan, index } = assemble({
      playbook,
      inventory,
      hosts,
      lowered,
      graph,
      excluded,
      carriers,
      contents,
    })
    const kept = keptResults(graph)
    const results = new Results(kept, hosts.length)
    const leaves = (block: Block) => graph.needs.leaves(block)
    this.#show(results, leaves)
    const program = createProgram({ index, nodes: this.#nodes, scopes: this.#scopes, results })
    const sketch = createSketch(sketches, index)
    const { listFolder = () => undefined } = this.#inputs.options
    const races = raceProblems(findRaces({ plan, sketch, listFolder }), plan)
    if (races.length > 0) return { kind: 'refused', problems: races }
    const foresee = () => this.#foresee({ plan, index, kept: [...kept.keys()], leaves })
    const usesOutput = (step: number) => {
      const draft = index.draft(step)
      return draft !== undefined && kept.get(draft) === 'output'
    }
    const secrets = usedSecrets(drafts, playbook.secrets, contents)
    return { kind: 'compiled', plan, program, sketch, usesOutput, foresee, secrets }
  }

  #show(results: ResultSource & Pick<Results, 'facts'>, leaves: (block: Block) => readonly Draft[]): void {
    const hostIndex = new Map(this.#inputs.targets.hosts.map(({ name }, at) => [name, at]))
    this.#scopes.views = new Views(results, leaves, hostIndex)
    this.#inputs.around.facts = host => results.facts(host)
  }

  #foresee({ plan, index, kept, leaves }: ForeseeParts): Foresight {
    const byName = new Map(plan.hosts.map(({ name }, host) => [name, host]))
    const inPlan = (host: number) => byName.get(this.#inputs.targets.hosts[host]?.name ?? '') ?? 0
    const stepOf = new Map(plan.steps.map(({ index: step }) => [index.draft(step), step]))
    const results = new ForeseenResults(kept, {
      of: (draft, host) => ({ step: stepOf.get(draft) ?? 0, host: inPlan(host) }),
      facts: host => ({ step: 0, host: inPlan(host) }),
    })
    this.#show(results, leaves)
    this.#inputs.around.run = undefined
    return createForesight({ index, nodes: this.#nodes, scopes: this.#scopes, results })
  }
}

interface ForeseeParts {
  readonly plan: Plan
  readonly index: PlanIndex
  readonly kept: readonly Draft[]
  readonly leaves: (block: Block) => readonly Draft[]
}
