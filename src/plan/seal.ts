import { createHash } from 'node:crypto'
import type { Problem } from '../model/problem.ts'
import type { Json, Mask } from './codec/codec.ts'
import { PLAN_VERSION, type PlanDocument, planDocument } from './document.ts'

/** A plan as the text of its file. */
export interface SealedPlan {
  readonly text: string
  /** SHA-256 of all of it but this, hexadecimal. */
  readonly checksum: string
}

/** Writes a plan. The same plan gives the same text: keys have their order, and nothing can be written in two ways. */
export function sealPlan(document: PlanDocument, mask: Mask): SealedPlan {
  const written = planDocument.write(document, mask) as { readonly [key: string]: Json }
  const body = `${Object.entries(written)
    .map(([key, value]) => `${JSON.stringify(key)}:${inLines(value)}`)
    .join(',\n')}}\n`
  const checksum = checksumOf(body)
  return { text: `{"drover_plan":${PLAN_VERSION},\n"checksum":"sha256:${checksum}",\n${body}`, checksum }
}

/** What a list or an object holds has a line each, so that two plans can be compared by eye. */
function inLines(value: Json): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map(item => JSON.stringify(item)).join(',\n')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`)
  return `{\n${entries.join(',\n')}}`
}

function checksumOf(body: string): string {
  return createHash('sha256').update(`{"drover_plan":${PLAN_VERSION},\n${body}`).digest('hex')
}

const HEADER = /^\{"drover_plan":(\d{1,9}),\n"checksum":"sha256:([0-9a-f]{64})",\n/

/** The text of a plan file that is whole and as it was written, or why it is none. */
export function openSeal(bytes: Uint8Array): SealedPlan | Refusal {
  const text = decoded(bytes)
  if (text === undefined)
    return bytes.subarray(0, 14).every((byte, at) => byte === START[at]) ? TAMPERED : NO_PLAN
  const header = HEADER.exec(text)
  if (header === null) return strangeHeader(text)
  const [start, version, checksum] = header as unknown as [string, string, string]
  if (Number(version) !== PLAN_VERSION) return unknownVersion(version)
  return checksumOf(text.slice(start.length)) === checksum ? { text, checksum } : TAMPERED
}

export type Refusal = Pick<Problem, 'code' | 'message' | 'hint'>

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const START = Buffer.from('{"drover_plan"')

const TAMPERED = {
  code: 'plan_tampered',
  message: 'the plan file was changed or cut off after it was made',
  hint: 'make the plan again',
} as const

const NO_PLAN = {
  code: 'plan_file',
  message: 'it is no plan file',
  hint: 'drover plan PLAYBOOK --out FILE makes one',
} as const

/** Tells a plan that went through an editor from what never was one. */
function strangeHeader(text: string): Refusal {
  const [, version] = /^\s*\{\s*"drover_plan"\s*:\s*(\d{1,9})\b/.exec(text) ?? []
  if (version === undefined) return NO_PLAN
  return Number(version) === PLAN_VERSION ? TAMPERED : unknownVersion(version)
}

function unknownVersion(version: string): Refusal {
  return {
    code: 'plan_file',
    message: `the plan file has format version ${version}, and this drover knows only ${PLAN_VERSION}`,
    hint: 'use the drover that made it, or make the plan again',
  }
}
