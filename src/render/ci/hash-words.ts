import type { CiWords } from './ci-words.ts'

/** `##vso[command]` and `##[command]` of Azure Pipelines and `##teamcity[message]`, anywhere in a line. */
const COMMAND = /##(vso|teamcity|)\[/gi

/** For systems that drover gives no groups and annotations, but whose commands nobody else gives either. */
export function hashWords(): CiWords {
  return { harmless: text => text.replace(COMMAND, '##$1\\x5b'), failures: () => '' }
}
