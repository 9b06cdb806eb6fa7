import { basename } from 'node:path'
import type { GetSpec, PutSpec, RunSpec, UseSpec } from '../../model/playbook.ts'
import { count } from '../../model/quantity.ts'
import { type OutlineStep, optionOf } from '../outline/outline.ts'
import { listed, waitWords } from '../step-words.ts'
import { valueText } from './value-words.ts'

/** What a step does, to follow its name: `runs \`systemctl restart app\` as root`. Not escaped. */
export function doesWords(entry: OutlineStep): string {
  const { spec } = entry.step
  switch (spec.kind) {
    case 'run':
      return runWords(spec, entry)
    case 'put':
      return `${putWords(spec)}${becomeWords(entry)}`
    case 'get':
      return `${getWords(spec)}${becomeWords(entry)}`
    case 'assert': {
      const message = spec.message === undefined ? '' : `, and says “${oneLine(spec.message.value)}”`
      return `fails unless ${listed(spec.that.map(({ value }) => value))}${message}`
    }
    case 'pause':
      return `waits ${waitWords(spec.ms)}`
    case 'use':
      return useWords(spec)
    case 'group':
      return `does ${count(spec.steps.length, 'step')}: ${listed(entry.children.map(({ id }) => id))}`
  }
}

function runWords(spec: RunSpec, entry: OutlineStep): string {
  const cwd = optionOf(entry, 'cwd')
  const env = (entry.step.env ?? []).map(([name]) => name)
  return [
    `runs ${scriptWords(spec.script.value)}`,
    spec.shell === undefined ? '' : ` with ${spec.shell}`,
    cwd === undefined ? '' : ` in ${cwd.value}`,
    becomeWords(entry),
    env.length === 0 ? '' : `, with ${listed(env)} in its environment`,
    spec.stdin === undefined ? '' : ', with a text as its input',
    spec.readOnly ? ', which only reads' : '',
    spec.idempotent ? ', which may run twice' : '',
    spec.detach ? ', and leaves alone what that starts' : '',
    spec.reconnect ? ', and waits for the host to come back' : '',
  ].join('')
}

/** A command of one line as it is; of a longer one how it begins. */
function scriptWords(script: string): string {
  const lines = script.trim().split('\n')
  const [first = ''] = lines
  return lines.length === 1 ? `\`${first}\`` : `a script of ${lines.length} lines (\`${first.trim()} …\`)`
}

function putWords({ source, dest, mode, owner, group, parents }: PutSpec): string {
  const notes = [
    ...(mode === undefined ? [] : [`mode ${mode.value}`]),
    ...(owner === undefined ? [] : [`owner ${owner.value}`]),
    ...(group === undefined ? [] : [`group ${group.value}`]),
  ]
  const what = {
    src: `copies ${source.text.value} to ${dest.value}`,
    content: `writes ${dest.value}`,
    template: `writes ${dest.value} from the template ${source.text.value}`,
  }[source.kind]
  const attributes = notes.length === 0 ? '' : `, with ${listed(notes)}`
  return `${what}${attributes}${parents ? ', making the folders above it' : ''}`
}

function getWords({ src, dest }: GetSpec): string {
  const { value } = dest
  return `fetches ${src.value} to ${value}${value.endsWith('/') ? '' : '/'}<host>/`
}

function useWords({ path, with: given, file }: UseSpec): string {
  const params = [...given].map(
    ([name, { value }]) => `${name} ${typeof value === 'string' ? value : valueText(value)}`,
  )
  const title = file === undefined || file.name === basename(file.file) ? '' : ` (${file.name})`
  return `does what ${path.value} says${title}${params.length === 0 ? '' : `, with ${listed(params)}`}`
}

/** ` as root`, ` as app, by doas`; empty where it stays the user who logs in. */
function becomeWords(entry: OutlineStep): string {
  const become = optionOf(entry, 'become')
  if (become === undefined || become === false) return ''
  const method = optionOf(entry, 'becomeMethod')
  return ` as ${become === true ? 'root' : become.value}${method === undefined ? '' : `, by ${method}`}`
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ')
}
