import { prologue } from '../remote-script.ts'
import type { Question } from './question.ts'

/**
 * The program for several questions, in the order in which they are asked: each in a subshell of its own, so that none
 * can disturb another. Its output are records: `item <n>`, what question n reports, `end <n>`, and at last `done`.
 */
export function programFor(questions: readonly Question[], mark: string): string {
  const part = (question: Question, index: number) =>
    [
      `echo '\n${mark} item ${index}'\n(${question.text(mark)}\n)`,
      ` </dev/null 2>${question.place === 'script' ? '&1' : '/dev/null'}\n`,
      `echo '\n${mark} end ${index}'\n`,
    ].join('')
  const parts = questions.map((question, index) => ({ question, text: part(question, index) }))
  const ours = parts.filter(({ question }) => question.place === 'script')
  const theirs = parts.filter(({ question }) => question.place === 'login')
  const functions = new Set(ours.flatMap(({ question }) => question.functions))
  const scripts =
    ours.length === 0
      ? ''
      : `(\n${prologue(mark)}${REPORTS}${[...functions].join('')}${ours.map(({ text }) => text).join('')})\n`
  return `set +e\n${scripts}${theirs.map(({ text }) => text).join('')}echo '\n${mark} done'\n`
}

/** What looking has in place of the prologue's own: nothing is staged, and only the question ends. */
const REPORTS = `trap - 0 HUP INT TERM PIPE
say() { printf '\\n%s %s\\n' "$M" "$*"; }
finish() { say finish "$@"; exit 0; }
fail() { say fail "$@"; exit 0; }
`

/** Those in scripts' surroundings come first: nothing that a playbook says can hold them up. */
export function inOrder(questions: readonly Question[]): readonly Question[] {
  return questions.toSorted((a, b) => Number(a.place === 'login') - Number(b.place === 'login'))
}
