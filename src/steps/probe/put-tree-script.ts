import { LIMITS } from '../../model/limits.ts'
import type { Ownership } from '../put/ownership.ts'
import {
  FIND_ROOT,
  LOOK_AT_TREE,
  TREE_FUNCTIONS,
  type TreeTarget,
  treeVariables,
} from '../put/tree-probe-script.ts'
import { DIGEST_IF_ANY, NEAREST } from '../remote-script.ts'
import { pathWord, quoteWord } from '../shell-words.ts'
import { ABSENT, BLOCKED, ENTERS, KNOWN, TELL_PLACE } from './put-library.ts'
import { WALK } from './real-paths.ts'

/**
 * Shell text that looks at where a tree goes. It reports what the put's own look does, and before that `ways`, `absent`,
 * `near` and `rest` as for a file, `login <uid> <name> <groups>`, and `no <problem>` for what would keep it from acting.
 */
export function lookAtTreeScript(target: TreeTarget, ownership: Ownership, program: string): string {
  return `program=ask\nask() {\n:\n${program}}\n${treeVariables(target, ownership)}look_at_tree\n`
}

const LOOK_AT_TREE_FUNCTION = `look_at_tree() {
say look
[ -z "$nosha" ] || fail no-sha
say ways
walk "$D" f 1
[ -z "$mayhold$slash" ] || walk "$D/$N" f 1
say place
${FIND_ROOT}tell_place "$R" ''
say login "$(id -u)" "$(id -un)" $(id -G) $(id -Gn)
command -v tar >/dev/null 2>&1 || say no no-tar
if [ -n "$away" ]; then enters "$near" || say no parent-missing
else { [ -w "$near" ] && enters "$near"; } || say no stage
fi
[ -n "$away" ] || ! blocked "$R" || say no parents
(fail() { say no "$@"; exit; }; known)
${LOOK_AT_TREE}}
`

/** In the order in which they have to come. */
export const TREE_LIBRARY = [
  DIGEST_IF_ANY,
  NEAREST,
  ABSENT,
  TELL_PLACE,
  ENTERS,
  BLOCKED,
  KNOWN,
  WALK,
  TREE_FUNCTIONS,
  LOOK_AT_TREE_FUNCTION,
] as const

/**
 * Shell text that goes into `root` and reports `locked <n>` for folders in which nothing can be made, and `data <n>`
 * and the content of files; numbers count from 0.
 */
export function lookInsideScript(root: string, folders: readonly string[], files: readonly string[]): string {
  const check = (path: string, index: number) =>
    `{ [ -w ${word(path)} ] && (cd ${word(path)}) 2>/dev/null; } || say locked ${index}\n`
  const send = (path: string, index: number) =>
    `say data ${index}\ndd if=${word(path)} bs=${LIMITS.diffBytes} count=1 2>/dev/null\n`
  const lines = [...folders.map(check), ...files.map(send)]
  return `cd ${pathWord(root)} || fail look\n${lines.join('')}finish end\n`
}

const word = (path: string) => quoteWord(`./${path}`)
