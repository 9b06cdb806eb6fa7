import { foldHosts } from '../fold-hosts.ts'
import { type RunLabels, runLabels } from '../run/labels.ts'
import type { RankedFailure, RunTally } from '../run/tally.ts'
import type { CiWords } from './ci-words.ts'

/** GitHub shows no more errors of a job's step. */
const MOST_ERRORS = 10

/**
 * Workflow commands of GitHub Actions. Its runner obeys `::command::` at the start of a line, white space left out, and
 * the older `##[command]` anywhere in one.
 * @param pathOf a file's path in the repository
 */
export function githubWords(pathOf: (file: string) => string): CiWords {
  return {
    harmless,
    group: ({ title, text }) => `::group::${data(title)}\n${harmless(text)}::endgroup::\n`,
    failures: tally => errors(tally, pathOf),
  }
}

function harmless(text: string): string {
  return text.replaceAll('##[', '##\\x5b').replace(/^([^\S\n]*):(?=:)/gm, '$1\\x3a')
}

function errors(tally: RunTally, pathOf: (file: string) => string): string {
  const labels = runLabels(tally.plan)
  return tally
    .failures()
    .slice(0, MOST_ERRORS)
    .map(failure => error(failure, tally, labels, pathOf))
    .join('')
}

function error(
  failure: RankedFailure,
  { plan }: RunTally,
  labels: RunLabels,
  pathOf: (file: string) => string,
): string {
  const { step, hosts, outcome, reason, hint } = failure
  const where = step === undefined ? undefined : plan.steps[step]?.where
  const names = foldHosts(hosts.map(labels.host))
  const title = step === undefined ? `${names} unreachable` : `${labels.step(step)} ${outcome} on ${names}`
  const place =
    where === undefined || where.line < 1 ? '' : `file=${property(pathOf(where.file))},line=${where.line},`
  const message = [reason === '' ? outcome : reason, ...(hint === undefined ? [] : [`hint: ${hint}`])]
  return `::error ${place}title=${property(title)}::${data(message.join('\n'))}\n`
}

/** The runner turns these back after it has found the command's end. */
function data(text: string): string {
  return text
    .replaceAll('##[', '##\\x5b')
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
