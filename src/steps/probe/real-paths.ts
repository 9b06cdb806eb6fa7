import { posix } from 'node:path'
import { PROGRAM_FOLDERS } from '../reads/known-commands.ts'
import type { NamedReads } from '../reads/reads-of.ts'
import { isGlob, pathWord, quoteWord } from '../shell-words.ts'

/** What the real paths are wanted of. */
export interface NamedPaths {
  readonly cwd: string | undefined
  readonly reads: NamedReads
  /** Globs. */
  readonly writes: readonly string[]
}

/**
 * Shell text, for any surroundings, that reports the absolute paths that stand for what an action names, each with NUL
 * after it: every symbolic link on the way, by its real path, and what the way leads to. Of paths whose existence
 * matters, a link at the end is not followed.
 * - `exists` and `contents`
 * - `writes <n>` for each glob, of the part before its first wildcard; `itself <n>` without following a link at its end,
 *   for one without wildcards
 */
export function tellRealPaths(named: NamedPaths, mark: string): string {
  const { cwd, reads, writes } = named
  const contents = reads.contents === 'anything' ? [] : reads.contents
  const folders = reads.programs.length > 0 ? PROGRAM_FOLDERS : []
  const paths = [...reads.exists, ...contents, ...writes, ...folders]
  if (cwd === undefined && paths.length === 0) return ''
  const folder = cwd === undefined ? '' : pathWord(cwd)
  const enter = folder && `walk ${folder} f; CDPATH= cd -P -- ${folder} >/dev/null 2>&1 || exit 0\n`
  const exists = reads.exists.map(path => `walk ${pathWord(path)} ${path.endsWith('/') ? 'f' : "''"}\n`)
  const read = [...contents, ...folders].map(path => `walk ${pathWord(path)} f\n`)
  const search = reads.programs.length > 0 ? searchFor(reads.programs) : ''
  return [
    `(set +e; ${WALK}echo '\n${mark} exists'\n${enter}${exists.join('')}`,
    `echo '\n${mark} contents'\n${read.join('')}${search}`,
    ...writes.map((glob, index) => tellWritten(glob, index, mark)),
    ':\n)\n',
  ].join('')
}

function tellWritten(glob: string, index: number, mark: string): string {
  const follow = `echo '\n${mark} writes ${index}'\nwalk ${pathWord(splitGlob(glob).folder)} f\n`
  return isGlob(glob) ? follow : `${follow}echo '\n${mark} itself ${index}'\nwalk ${pathWord(glob)} ''\n`
}

/** The part of a glob before its first wildcard, and the rest, which is empty for one that has none. */
export function splitGlob(glob: string): { readonly folder: string; readonly rest: string } {
  if (!isGlob(glob)) return { folder: glob, rest: '' }
  const end = glob.slice(0, glob.search(/[*?[]/)).lastIndexOf('/')
  return { folder: end === -1 ? '.' : glob.slice(0, end) || '/', rest: glob.slice(end + 1) }
}

/** A command may be a link to one that lies elsewhere. */
function searchFor(programs: readonly string[]): string {
  const walks = programs.map(name => `walk "\${d:-.}"/${quoteWord(name)} f`)
  return `IFS=:; set -f; for d in $PATH; do walk "\${d:-.}" f; ${walks.join('; ')}; done\n`
}

/**
 * `walk PATH FOLLOW` goes from component to component; a link at the end is gone through only to follow. With a third
 * argument the first component that is not there is shown by itself, too: something may come to lie there.
 */
export const WALK = `show() { printf '%s\\0' "$1"; }
walk() (
case $1 in /*) cd / ;; *) cd -P . ;; esac 2>/dev/null
r=$1/ n=0
while [ -n "$r" ]; do
c=\${r%%/*} r=\${r#*/}
case $c in '' | .) continue ;; esac
while :; do case $r in /*) r=\${r#/} ;; *) break ;; esac; done
p=\${PWD%/}/$c
if [ "$c" != .. ] && [ -L "./$c" ]; then
show "$p"
if [ -z "$r$2" ]; then exit; fi
n=$((n + 1)) l=$(readlink "./$c" 2>/dev/null; echo .) l=\${l%?}
case $l in *?) l=\${l%?} ;; *) l= ;; esac
if [ -z "$l" ] || [ $n -gt 40 ]; then exit; fi
case $l in /*) cd / ;; esac
r=$l/$r
elif ! cd -P "./$c" 2>/dev/null; then
[ -z "\${3-}" ] || show "$p"
show "$p\${r:+/$r}"
exit
fi
done
show "$PWD"
)
`

/** Reads what `walk` printed; there is nothing after the last NUL. */
export function readPaths(content: Buffer): readonly string[] {
  const paths = content.toString('utf8').split('\0').slice(0, -1)
  return [...new Set(paths.map(path => posix.normalize(path).replace(/(?<=.)\/$/, '')))]
}
