import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Action, ProbeAction } from '../../src/model/action.ts'
import type { Finding, GetFinding, PutFinding, RunFinding } from '../../src/model/finding.ts'
import { createSteps } from '../../src/steps/index.ts'
import type { ExecRequest, Session } from '../../src/transport/transport.ts'
import { testContext } from './context.ts'

export function probe(items: readonly Action[], more: Partial<ProbeAction> = {}): ProbeAction {
  return { kind: 'probe', items, diffs: true, timeoutMs: 20_000, ...more }
}

/** What looking at actions over a session finds; throws where the probe itself did not end well. */
export async function findingsOf(
  session: Session,
  items: readonly Action[],
  more: Partial<ProbeAction> = {},
): Promise<readonly Finding[]> {
  const result = await createSteps()(probe(items, more), testContext(session))
  if (result.outcome !== 'ok') throw new Error(`${result.outcome}: ${result.failure?.message}`)
  return result.findings ?? []
}

/** The one finding of that kind. */
export async function findingOf(session: Session, item: Action): Promise<Told> {
  const [finding] = await findingsOf(session, [item])
  return finding as Told
}

/** Any finding, so that a test can look at what it expects of its kind. */
export type Told = Partial<Omit<RunFinding, 'kind' | 'outlook'>> &
  Partial<Omit<PutFinding, 'kind' | 'outlook' | 'reads'>> &
  Partial<Omit<GetFinding, 'kind' | 'outlook' | 'reads' | 'before'>> & {
    readonly kind: Finding['kind']
    readonly outlook?: string
  }

/** All of a folder that shows whether anything was touched; times of access aside. */
export function snapshot(path: string): readonly string[] {
  const stats = lstatSync(path, { bigint: true })
  const { mode, uid, gid, size, ino, nlink, mtimeNs, ctimeNs } = stats
  const content = stats.isFile()
    ? createHash('sha256').update(readFileSync(path)).digest('hex')
    : stats.isSymbolicLink()
      ? readlinkSync(path)
      : ''
  const inside = stats.isDirectory() ? readdirSync(path).sort() : []
  return [
    [path, mode, uid, gid, size, ino, nlink, mtimeNs, ctimeNs, content].join(' '),
    ...inside.flatMap(name => snapshot(join(path, name))),
  ]
}

/** The same session, with every request noted. */
export function noting(session: Session): { readonly session: Session; readonly requests: ExecRequest[] } {
  const requests: ExecRequest[] = []
  return {
    requests,
    session: {
      closed: session.closed,
      end: () => session.end(),
      exec(request, handlers) {
        requests.push(request)
        return session.exec(request, handlers)
      },
    },
  }
}
