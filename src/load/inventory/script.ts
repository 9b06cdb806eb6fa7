import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { LIMITS } from '../../model/limits.ts'
import type { InventoryDraft } from './draft.ts'
import { type AskHostVars, readDynamicJson } from './json.ts'
import type { InventorySource } from './sources.ts'

type Script = InventorySource & { kind: 'script' }

/**
 * Runs a program that prints an inventory as Ansible's dynamic ones do: `program --list`, and where that answers
 * without `_meta`, `program --host NAME` for each host. It is ended when it takes too long or prints too much
 * (https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-scripts).
 */
export async function readScript(draft: InventoryDraft, source: Script, signal?: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(LIMITS.inventoryScriptMs)
  const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
  const answer = await run(source, ['--list'], until)
  if (answer.kind === 'failed') return void complain(draft, source, answer)
  const ask: AskHostVars = async host => {
    const vars = await run(source, ['--host', host], until)
    if (vars.kind === 'printed') return vars.text
    complain(draft, source, vars)
    return undefined
  }
  await readDynamicJson(draft, source.name.slice('exec:'.length), answer.text, ask)
}

type Answer =
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string; readonly hint?: string }

function complain(
  draft: InventoryDraft,
  { name }: Script,
  { message, hint }: Answer & { kind: 'failed' },
): void {
  const problem = { code: 'inventory_script', severity: 'error', message: `${name} ${message}` } as const
  draft.report(hint === undefined ? problem : { ...problem, hint })
}

const KEPT_STDERR = 2000

/** The program gets a process group of its own, so that what it started ends with it. */
function run({ path }: Script, args: readonly string[], until: AbortSignal): Promise<Answer> {
  return new Promise(resolve => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const chunks: Buffer[] = []
    let bytes = 0
    let complaint = ''
    const end = (answer: Answer) => {
      until.removeEventListener('abort', onAbort)
      killGroup(child.pid)
      child.stdout.destroy()
      child.stderr.destroy()
      resolve(answer)
    }
    const onAbort = () =>
      end({ kind: 'failed', message: 'was ended: it took too long or drover was interrupted' })
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LIMITS.inventoryBytes)
        end({ kind: 'failed', message: `printed more than ${LIMITS.inventoryBytes} bytes` })
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < KEPT_STDERR) complaint += chunk.toString('utf8')
    })
    child.on('error', error => end(notStarted(error)))
    child.on('close', (code, signal) => end(code === 0 ? decoded(chunks) : exited(code, signal, complaint)))
    if (until.aborted) onAbort()
    else until.addEventListener('abort', onAbort, { once: true })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, constants.signals.SIGKILL)
  } catch {
    // It is gone, and so is all that it started.
  }
}

function decoded(chunks: readonly Buffer[]): Answer {
  try {
    return { kind: 'printed', text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return { kind: 'failed', message: 'printed something that is not UTF-8' }
  }
}

function notStarted(error: NodeJS.ErrnoException): Answer {
  if (error.code === 'ENOENT') return { kind: 'failed', message: 'cannot be run: there is no such program' }
  if (error.code !== 'EACCES')
    return { kind: 'failed', message: `cannot be run (${error.code ?? error.message})` }
  return {
    kind: 'failed',
    message: 'cannot be run: permission denied',
    hint: 'make it executable with chmod +x',
  }
}

function exited(code: number | null, signal: string | null, complaint: string): Answer {
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
  const said = complaint.trim().slice(0, KEPT_STDERR)
  return { kind: 'failed', message: how, ...(said === '' ? {} : { hint: `it said: ${said}` }) }
}
