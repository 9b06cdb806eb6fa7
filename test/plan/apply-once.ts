// Records that a plan is applied, from a process of its own: `ok`, or why not.
import { ProblemsError } from '../../src/model/problem.ts'
import { recordApplied } from '../../src/plan/applied.ts'

const [cwd = '', checksum = '', user = ''] = process.argv.slice(2)
process.stdin.once('data', () => {
  try {
    recordApplied(cwd, checksum, { time: '2026-11-21T01:42:33Z', user, run: `run-of-${user}` }, false)
    process.stdout.write('ok')
  } catch (error) {
    process.stdout.write(error instanceof ProblemsError ? error.message : String(error))
  }
  process.stdin.destroy()
})
process.stdout.write('ready\n')
