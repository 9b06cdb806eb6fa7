import type { NodePreview } from '../../src/model/preview.ts'
import { stillChanging } from './again.ts'
import { compare, isBlocked } from './compare.ts'
import type { Lane } from './lane.ts'
import { type Case, playbookText, randomCase, usedText } from './random-case.ts'
import { shrunk } from './shrink.ts'
import { tryCase } from './trial.ts'

/** What came of many cases. */
export interface Findings {
  readonly verdicts: Map<string, number>
  /** Playbooks that the compiler refused. */
  refused: number
  excused: number
  readonly wrong: { readonly random: Case; readonly why: readonly string[] }[]
}

export const noFindings = (): Findings => ({ verdicts: new Map(), refused: 0, excused: 0, wrong: [] })

/** Tries a case, and notes what came of it. */
export async function examine(lane: Lane, random: Case, findings: Findings): Promise<void> {
  const homeOf = lane.homeOf
  const trial = await tryCase(lane, random).catch((error: unknown) => ({ kind: 'broken' as const, error }))
  if (trial.kind === 'refused') {
    findings.refused += 1
    return
  }
  if (trial.kind === 'broken') {
    findings.wrong.push({ random, why: [`broke off: ${String(trial.error)}`] })
    return
  }
  const { disagreements, verdicts, excused } = compare(trial, homeOf)
  for (const { verdict } of verdicts) count(findings.verdicts, verdict)
  findings.excused += excused
  const why = [...disagreements, ...stillChanging(trial, homeOf)]
  if (why.length > 0) findings.wrong.push({ random, why })
}

function count(verdicts: Map<string, number>, verdict: NodePreview['verdict']): void {
  const unknown = isBlocked(verdict) ? 'blocked' : 'unknown'
  const kind = verdict.kind !== 'unknown' ? verdict.kind : verdict.fails === true ? 'would fail' : unknown
  verdicts.set(kind, (verdicts.get(kind) ?? 0) + 1)
}

/** The share of verdicts that are of that kind, from 0 to 1. */
export function shareOf({ verdicts }: Findings, kind: string): number {
  const all = [...verdicts.values()].reduce((sum, each) => sum + each, 0)
  return (verdicts.get(kind) ?? 0) / all
}

/** In one line. */
export function summed(findings: Findings, cases: number): string {
  const { verdicts, refused, excused, wrong } = findings
  const shares = [...verdicts.keys()].map(kind => `${kind} ${Math.round(shareOf(findings, kind) * 100)} %`)
  return `${cases} playbooks (${refused} refused by the compiler): ${shares.join(', ')}; ${excused} nodes excused, ${wrong.length} playbooks wrong`
}

/** Tries, in all, to make the first wrong case small. */
const TRIES = 300

/** What is wrong, for people: the seeds, and the first case made small. */
export async function told(lane: Lane, { wrong }: Findings): Promise<string> {
  const [first] = wrong
  if (first === undefined) return ''
  const isWrong = async (smaller: Case) => {
    const findings = noFindings()
    await examine(lane, smaller, findings)
    return findings.wrong.some(({ why }) => why.some(text => kindOf(text) === kindOf(first.why[0] ?? '')))
  }
  const small = await shrunk(first.random, isWrong, TRIES)
  const list = wrong.map(({ random, why }) => `seed ${random.seed}: ${why.slice(0, 3).join('\n  ')}`)
  return `${list.join('\n')}\n\nseed ${first.random.seed}, made smaller:\n${shown(small)}`
}

/** Without names and paths. */
function kindOf(why: string): string {
  return why
    .replace(/^\S+ on h\d: /, '')
    .replace(/\S*\/\S*|\bs\d+\S*|h\d|\([^)]*\)/g, '')
    .slice(0, 40)
}

function shown(random: Case): string {
  const trees = Object.entries(random.trees).map(([host, tree]) => `${host}: ${JSON.stringify(tree)}\n`)
  const way = `${random.serial ? 'one node at a time' : 'many nodes at a time'}${random.planned ? ', held to its plan' : ''}`
  return `${playbookText(random)}${usedText(random)}${trees.join('')}${way}`
}

/** Cases with these seeds, on as many lanes as there are. */
export async function examineAll(
  lanes: readonly Lane[],
  seeds: { readonly from: number; readonly count: number },
  mayBecome: boolean,
): Promise<Findings> {
  const findings = noFindings()
  let next = seeds.from
  const work = async (lane: Lane) => {
    while (next < seeds.from + seeds.count) {
      const seed = next
      next += 1
      await examine(lane, randomCase(seed, mayBecome), findings)
    }
  }
  await Promise.all(lanes.map(work))
  return findings
}
