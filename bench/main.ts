import { FULL, QUICK, type Size } from './size.ts'

// npm run bench                 all of them, in about two minutes
// npm run bench fleet startup   these only
// npm run bench -- --full       the sizes that the budgets are meant for; several minutes

interface Benchmark {
  readonly title: string
  readonly run: (size: Size) => Promise<void>
}

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  startup: () => import('./startup.ts'),
  scheduler: () => import('./scheduler.ts'),
  compile: () => import('./compile.ts'),
  single: () => import('./single.ts'),
  fleet: () => import('./fleet.ts'),
  journal: () => import('./journal.ts'),
  sick: () => import('./sick.ts'),
  crowd: () => import('./crowd.ts'),
  preview: () => import('./preview.ts'),
  previewer: () => import('./previewer.ts'),
  'saved-plan': () => import('./saved-plan.ts'),
}

async function main(args: readonly string[]): Promise<void> {
  const size = args.includes('--full') ? FULL : QUICK
  const named = args.filter(arg => arg !== '--full')
  const unknown = named.filter(name => !Object.hasOwn(BENCHMARKS, name))
  if (unknown.length > 0) {
    console.error(`no benchmark "${unknown.join('", "')}"; there are: ${Object.keys(BENCHMARKS).join(', ')}`)
    process.exitCode = 3
    return
  }
  for (const [name, load] of Object.entries(BENCHMARKS)) {
    if (named.length > 0 && !named.includes(name)) continue
    const { title, run } = await load()
    console.log(`\n${title}`)
    try {
      await run(size)
    } catch (error) {
      console.log(`  did not finish: ${error instanceof Error ? error.message : error}`)
      process.exitCode = 1
    }
  }
}

await main(process.argv.slice(2))
