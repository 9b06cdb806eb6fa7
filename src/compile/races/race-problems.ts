import { LIMITS } from '../../model/limits.ts'
import type { Plan, PlanStep } from '../../model/plan.ts'
import type { Problem } from '../../model/problem.ts'
import { count } from '../../model/quantity.ts'
import type { Race } from './race.ts'
import { shownPath } from './remote-path.ts'

/** Races in words. Those of the same places in the source, as of the items of a loop, become one. */
export function raceProblems(races: readonly Race[], plan: Plan): readonly Problem[] {
  const told = new Map<string, Problem>()
  for (const race of races) {
    const [first, second] = stepsOf(race, plan)
    const key = [first, second].map(({ where }) => `${where.file}:${where.line}:${where.col}`).join(' ')
    if (!told.has(key) && told.size < LIMITS.problemsPerFile) told.set(key, raceProblem(race, plan))
  }
  return [...told.values()]
}

function raceProblem(race: Race, plan: Plan): Problem {
  const [first, second] = stepsOf(race, plan)
  const path = shownPath(race.path)
  const where =
    race.kind === 'writes' ? `write ${path} on ${placesOf(race, plan)}` : `fetch to ${path}${elsewhere(race)}`
  return {
    code: 'step_race',
    severity: 'error',
    message: `${whoRuns(race, plan)}, and both ${where}`,
    where: second.where,
    hint: `${remedy(race, first, second)}; or, if it is meant, may_overlap: true`,
  }
}

function whoRuns({ first: one, second: other }: Race, plan: Plan): string {
  const [first, second] = [plan.steps[one.step] as PlanStep, plan.steps[other.step] as PlanStep]
  const hosts = [one, other].map(({ host }) => plan.hosts[host]?.name ?? '')
  if (first === second) return `"${first.id}" can run for ${hosts[0]} and ${hosts[1]} at the same time`
  const [forFirst, forSecond] = one.host === other.host ? ['', ''] : hosts.map(name => ` for ${name}`)
  return `"${second.id}" can run${forSecond} at the same time as "${first.id}"${forFirst}${lineOf(first, second)}`
}

function lineOf({ where: first }: PlanStep, { where: second }: PlanStep): string {
  if (first.file !== second.file) return ` (${first.file}:${first.line})`
  return first.line === second.line ? '' : ` (line ${first.line})`
}

function placesOf(race: Race, plan: Plan): string {
  const { place, morePlaces, isPartial } = race
  const name = plan.hosts[place]?.name ?? ''
  if (morePlaces === 0) return name
  return `${name} and ${isPartial ? 'at least ' : ''}${count(morePlaces, 'other host')}`
}

function elsewhere({ morePlaces, isPartial }: Race): string {
  if (morePlaces === 0) return ''
  return `, and so for ${isPartial ? 'at least ' : ''}${count(morePlaces, 'other host')}`
}

function remedy({ first: one, second: other }: Race, first: PlanStep, second: PlanStep): string {
  if (first === second)
    return 'let one host come after the other, throttle: 1, or do it once for all, once: true'
  if (areItems(first, second)) return 'let the items come one after the other, without parallel:'
  if (one.host !== other.host)
    return 'let one need the other on all hosts, or both take the only permit of a semaphore'
  const isNamed = !/[.[]/.test(first.id)
  return `let one need the other${isNamed ? `, needs: [${first.id}]` : ''}`
}

const LABEL = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g

/** Whether they are one step for two items of a loop. */
function areItems({ id: first }: PlanStep, { id: second }: PlanStep): boolean {
  return first.replace(LABEL, '') === second.replace(LABEL, '')
}

function stepsOf({ first, second }: Race, { steps }: Plan): readonly [PlanStep, PlanStep] {
  return [steps[first.step] as PlanStep, steps[second.step] as PlanStep]
}
