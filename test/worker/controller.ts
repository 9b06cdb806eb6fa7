import { startPool } from '../../src/worker/pool.ts'
import { runOn, startFakePool } from './pools.ts'

/** A controller for tests to kill: runs the given script on the given kind of host, and tells its workers' pids. */
const [kind, script = ''] = process.argv.slice(2)
const pool = kind === 'local' ? startPool({ hostKeys: { policy: 'strict' } }) : startFakePool()
await runOn(
  pool,
  { hosts: ['h'], scripts: [script], transport: kind === 'local' ? 'local' : 'ssh' },
  {
    listeners: [
      event => {
        if (event.kind === 'node_started') console.log(JSON.stringify(pool.pids))
        if (event.kind === 'node_output') console.log(event.text)
      },
    ],
  },
)
