import type { Action, Become, SecretSlot } from '../../model/action.ts'
import type { Sketch } from '../../model/sketch.ts'
import { list, object, optional, pair, union } from './compound.ts'
import { failure } from './result.ts'
import { count, flag, oneOf, text, word } from './scalars.ts'

const become = object<Become>({ method: oneOf('sudo', 'doas', 'su'), user: text })

const secretSlot = object<SecretSlot>({
  in: oneOf('env', 'stdin', 'content'),
  variable: optional(word),
  secret: word,
  start: count,
  end: count,
})

export const action = union<Action>({
  run: {
    script: text,
    shell: optional(text),
    cwd: optional(text),
    env: list(pair(text, text)),
    stdin: optional(text),
    creates: list(text),
    removes: list(text),
    unless: optional(text),
    onlyIf: optional(text),
    readOnly: flag,
    writes: optional(list(text)),
    idempotent: optional(oneOf(true)),
    detach: optional(oneOf(true)),
    reconnect: optional(oneOf(true)),
    planned: optional(oneOf('runs', 'held')),
    again: optional(oneOf(true)),
    become: optional(become),
    secrets: optional(list(secretSlot)),
    timeoutMs: count,
  },
  put: {
    source: object({ kind: oneOf('src', 'content'), text }),
    dest: text,
    mode: optional(text),
    owner: optional(text),
    group: optional(text),
    parents: flag,
    planned: optional(word),
    again: optional(oneOf(true)),
    become: optional(become),
    secrets: optional(list(secretSlot)),
    timeoutMs: count,
  },
  get: {
    src: text,
    dest: text,
    planned: optional(word),
    again: optional(oneOf(true)),
    become: optional(become),
    timeoutMs: count,
  },
})

export const sketch = union<Sketch>({
  action: { action, conditions: list(text) },
  assert: { that: list(text), message: optional(text), conditions: list(text) },
  pause: { ms: count, conditions: list(text) },
  skipped: { note: text },
  failure: { failure },
})
