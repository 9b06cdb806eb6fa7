import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cost, measure, measureInTurns, medians } from './measure.ts'
import { droverCommand, type Rig, sshOptions, withRig } from './rig.ts'
import type { Size } from './size.ts'
import { judged, megabytes, printTable, seconds } from './table.ts'

export const title = 'preview: a plan of puts against applying it, and one step against `ssh host true`'

const STEPS = 10
/** Of what applying takes, wall and processor time. */
const BUDGET = 1
/** Of what `ssh host true` takes. */
const SINGLE_BUDGET = 2.5

/** What the hosts have before: nothing, other files, or just what the playbook puts there. */
const STATES = ['new', 'other', 'same'] as const
type State = (typeof STATES)[number]
type Verb = 'plan' | 'apply'

export async function run(size: Size): Promise<void> {
  await withRig(size.previewed, async rig => {
    const bench = new PutBench(rig, size.previewed)
    for (let round = 0; round < size.rounds; round++) {
      for (const state of STATES) await bench.compare(state)
    }
    bench.print()
  })
  await withRig(1, rig => single(rig, size.rounds * 3))
}

/** Puts of small texts; each host has a folder of its own, since all of them are one machine. */
class PutBench {
  readonly #rig: Rig
  readonly #hosts: number
  readonly #costs = new Map<string, FleetCost[]>()

  constructor(rig: Rig, hosts: number) {
    this.#rig = rig
    this.#hosts = hosts
  }

  /** A plan changes nothing, so that applying finds the same. */
  async compare(state: State): Promise<void> {
    this.#prepare(state)
    for (const verb of ['plan', 'apply'] as const) {
      const costs = this.#costs.get(`${verb} ${state}`) ?? []
      this.#costs.set(`${verb} ${state}`, [...costs, await this.#measure(verb)])
    }
  }

  print(): void {
    const heading = [`${this.#hosts} hosts × ${STEPS} puts`, 'wall', 'cpu', 'memory', "hosts' cpu"]
    const rows = STATES.flatMap(state => {
      const [plan, apply] = [this.#median('plan', state), this.#median('apply', state)]
      return [
        [`apply, ${state}`, ...columns(apply)],
        [
          ...[`plan, ${state}`, ...columns(plan)],
          ...[judged(plan.wall / apply.wall, BUDGET), judged(plan.cpu / apply.cpu, BUDGET)],
        ],
      ]
    })
    printTable([[...heading, 'wall ratio', 'cpu ratio'], ...rows])
    console.log()
  }

  #median(verb: Verb, state: State): FleetCost {
    const costs = this.#costs.get(`${verb} ${state}`) ?? []
    const remote = costs.map(cost => cost.remote).toSorted((a, b) => a - b)
    return { ...medians(costs), remote: remote[Math.floor(remote.length / 2)] ?? 0 }
  }

  async #measure(verb: Verb): Promise<FleetCost> {
    const { server, folder } = this.#rig
    const steps = Array.from(
      { length: STEPS },
      (_, at) =>
        `put: { content: ${JSON.stringify(textOf(at, 'new'))}, dest: "${folder}/hosts/\${{ host.name }}/conf${at}" }`,
    )
    const before = childrenSeconds(server.pid)
    const cost = await measure(droverCommand(this.#rig, steps, { verb }))
    return { ...cost, remote: childrenSeconds(server.pid) - before }
  }

  #prepare(state: State): void {
    const hosts = join(this.#rig.folder, 'hosts')
    rmSync(hosts, { recursive: true, force: true })
    for (let host = 1; host <= this.#hosts; host++) {
      mkdirSync(join(hosts, `h${host}`), { recursive: true })
      for (let at = 0; at < STEPS && state !== 'new'; at++)
        writeFileSync(join(hosts, `h${host}`, `conf${at}`), textOf(at, state === 'same' ? 'new' : 'old'))
    }
  }
}

/** `remote`: seconds of processor time of the server's logins and all that they ran. */
type FleetCost = Cost & { readonly remote: number }

function columns({ wall, cpu, memory, remote }: FleetCost): string[] {
  return [seconds(wall), seconds(cpu), megabytes(memory), seconds(remote)]
}

/** Two kilobytes, of which one line in twenty changes. */
function textOf(step: number, release: 'new' | 'old'): string {
  const lines = Array.from(
    { length: 60 },
    (_, at) => `setting_${step}_${at} = ${at % 20 === 7 ? release : 'some value that stays'}\n`,
  )
  return lines.join('')
}

/** Processor time of children that have been waited for: proc(5), `cutime` and `cstime`, in hundredths. */
function childrenSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) / 100
}

async function single(rig: Rig, rounds: number): Promise<void> {
  const { port, user } = rig.server
  const step = `put: { content: x, dest: ${rig.folder}/x }`
  const commands = new Map([
    ['ssh', ['ssh', ...sshOptions(rig), '-p', String(port), '-l', user, rig.addresses[0] ?? '', 'true']],
    ['plan', droverCommand(rig, [step], { verb: 'plan' })],
    ['apply', droverCommand(rig, [step])],
  ])
  const costs = await measureInTurns(commands, rounds)
  const ssh = costs.get('ssh')?.wall ?? 0
  const rows = [...costs].map(([name, { wall }]) => [
    ...[name, seconds(wall)],
    name === 'plan' ? judged(wall / ssh, SINGLE_BUDGET) : (wall / ssh).toFixed(2),
  ])
  printTable([['one host, one put', 'wall', 'ratio'], ...rows])
}
