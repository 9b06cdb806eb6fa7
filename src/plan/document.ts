import type { Failure } from '../model/errors.ts'
import type { BecomeMethod } from '../model/playbook.ts'
import type { PreviewCounts } from '../model/preview.ts'
import { list, object, optional, pair } from './codec/compound.ts'
import { failure } from './codec/result.ts'
import { count, matching, oneOf, text, word } from './codec/scalars.ts'
import { type NodeTables, nodeTables, type StepNodes, stepNodes } from './nodes.ts'
import { type StoredPlan, storedPlan } from './stored-plan.ts'

/** The version of the file's format that is written, and the only one that is read. */
export const PLAN_VERSION = 1

/** What a plan file says, without its version and checksum. */
export interface PlanDocument {
  readonly made: PlanMade
  readonly options: PlanOptions
  readonly inputs: PlanInputs
  readonly plan: StoredPlan
  /** Of each step a short digest of what it does as far as that is known without asking a host; see `sketchDigests`. */
  readonly sketches: string
  readonly unreachable: readonly (readonly [host: number, failure: Failure])[]
  readonly counts: PreviewCounts
  readonly tables: NodeTables
  /** For each step of the plan. */
  readonly nodes: StepNodes
}

/** When, by whom and of which state of the project a plan was made. */
export interface PlanMade {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly user: string
  /** Of drover. */
  readonly version: string
  readonly git?: PlanGit
}

export interface PlanGit {
  readonly commit?: string
  readonly branch?: string
  /** Paths that differed from the commit, the first ones of them. */
  readonly dirty: readonly string[]
  readonly dirtyCount: number
  readonly remote?: { readonly name: string; readonly url: string }
}

/** All that decides what a playbook is compiled to, besides files: applying the plan takes it from here. */
export interface PlanOptions {
  /** As the user named it. */
  readonly playbook: string
  /** As `-i` named them; absent: as without `-i`. */
  readonly inventory?: readonly string[]
  /** As `--ssh-config` named it; absent: as without it. */
  readonly sshConfig?: string
  readonly allowMatchExec?: true
  readonly limit?: string
  readonly vars?: readonly string[]
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly steps?: readonly string[]
  readonly allowOutside?: true
  readonly become?: true
  readonly becomeUser?: string
  readonly becomeMethod?: BecomeMethod
  /** The git revision that the playbook and its files are taken from. */
  readonly rev?: string
  /** What `run.…` was in expressions. */
  readonly run: { readonly id: string; readonly user: string; readonly started: string }
}

/** The local files that a plan rests on. Paths are relative to the working folder, or absolute outside of it. */
export interface PlanInputs {
  /** Files, folders and patterns. */
  readonly roots: readonly string[]
  /** All that was found there, sorted by path. */
  readonly found: readonly FoundInput[]
}

export interface FoundInput {
  readonly path: string
  /** `none`: nothing was there. */
  readonly type: 'file' | 'folder' | 'link' | 'none'
  /** SHA-256, hexadecimal: of the content of a file, of where a link leads. */
  readonly digest?: string
}

export const SHA256 = /^[0-9a-f]{64}$/

const git = object<PlanGit>({
  commit: optional(word),
  branch: optional(text),
  dirty: list(text),
  dirtyCount: count,
  remote: optional(object({ name: text, url: text })),
})

export const planOptions = object<PlanOptions>({
  playbook: text,
  inventory: optional(list(text)),
  sshConfig: optional(text),
  allowMatchExec: optional(oneOf(true)),
  limit: optional(text),
  vars: optional(list(text)),
  tags: optional(list(text)),
  skipTags: optional(list(text)),
  steps: optional(list(text)),
  allowOutside: optional(oneOf(true)),
  become: optional(oneOf(true)),
  becomeUser: optional(text),
  becomeMethod: optional(oneOf('sudo', 'doas', 'su')),
  rev: optional(text),
  // It is what expressions see: the name of an account, even where a password is the same word.
  run: object({ id: word, user: word, started: word }),
})

export const planInputs = object<PlanInputs>({
  roots: list(word),
  found: list(
    object<FoundInput>({
      path: word,
      type: oneOf('file', 'folder', 'link', 'none'),
      digest: optional(matching(SHA256, 'a SHA-256 digest')),
    }),
  ),
})

const counts = object<PreviewCounts>({
  change: count,
  unchanged: count,
  skipped: count,
  unknown: count,
  failing: count,
  unreachable: count,
})

const digests = matching(/^[\w-]*$/, 'digests')

export const planDocument = object<PlanDocument>({
  made: object<PlanMade>({ time: word, user: text, version: word, git: optional(git) }),
  options: planOptions,
  inputs: planInputs,
  plan: storedPlan,
  sketches: digests,
  unreachable: list(pair(count, failure)),
  counts,
  tables: nodeTables,
  nodes: stepNodes,
})
