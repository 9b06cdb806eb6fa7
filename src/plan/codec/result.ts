import { ERRORS, type ErrorCode, type Failure } from '../../model/errors.ts'
import type { EntryChange, FileState, Finding } from '../../model/finding.ts'
import { type Captured, type NodeResult, OUTCOMES } from '../../model/outcome.ts'
import type { Codec } from './codec.ts'
import { list, object, optional, union, wordOr } from './compound.ts'
import { count, flag, number, oneOf, text, word } from './scalars.ts'

/** The published schema leaves open which ones there are. */
const errorCode: Codec<ErrorCode> = {
  ...oneOf(...(Object.keys(ERRORS) as ErrorCode[])),
  schema: { type: 'string', pattern: '^[a-z_]+$' },
}

export const failure = object<Failure>({
  code: errorCode,
  message: text,
  hint: optional(text),
})

const captured = object<Captured>({
  head: text,
  tail: text,
  bytes: count,
  truncated: flag,
  masked: optional(oneOf(true)),
})

const fileState = object<FileState>({
  size: optional(count),
  mode: optional(word),
  owner: optional(text),
  group: optional(text),
  target: optional(text),
})

const entryChange = object<EntryChange>({
  path: text,
  type: oneOf('file', 'folder', 'link'),
  change: oneOf('new', 'content', 'attributes', 'replaced'),
  before: optional(fileState),
  after: fileState,
  diff: optional(
    union({ text: { text }, none: { because: oneOf('binary', 'size', 'unreadable', 'many', 'secret') } }),
  ),
})

const reads = object({ exists: list(text), contents: wordOr('anything', list(text)) })

export const finding = union<Finding>({
  run: {
    outlook: oneOf('runs', 'held', 'fails'),
    note: optional(text),
    failure: optional(failure),
    reads,
    writes: optional(object({ globs: list(text), ways: list(text) })),
  },
  put: {
    outlook: oneOf('writes', 'same', 'fails'),
    failure: optional(failure),
    before: word,
    targets: list(text),
    ways: optional(wordOr('unsure', list(text))),
    changes: list(entryChange),
    counts: object({ new: count, changed: count, same: count }),
    bytes: count,
    missing: list(text),
    unlessMade: optional(failure),
    note: optional(text),
  },
  get: {
    outlook: oneOf('fetches', 'fails'),
    failure: optional(failure),
    files: count,
    bytes: count,
    local: object({ new: count, same: count, changed: count, overwritten: list(text) }),
    before: word,
    reads: list(text),
  },
  unseen: { failure },
})

export const result = object<Omit<NodeResult, 'earlier'>>({
  outcome: oneOf(...OUTCOMES),
  exitCode: optional(count),
  signal: optional(text),
  stdout: captured,
  stderr: captured,
  failure: optional(failure),
  note: optional(text),
  durationMs: number,
  findings: optional(list(finding)),
})
