import { createHash } from 'node:crypto'
import { quoteWord } from '../shell-words.ts'
import { TAR_NAME_BYTES } from './tar-writer.ts'
import type { SentFile, TreePlan } from './tree-plan.ts'
import { batches } from './tree-questions.ts'

/** A file on its way: where the archive has it, which is a folder of the stage and a name in it. */
export interface StagedFile {
  readonly file: SentFile
  readonly folder: string
  readonly name: string
}

/** What the commit script runs, and the files of the archive in their order. */
export interface TreeProgram {
  readonly text: string
  readonly staged: readonly StagedFile[]
}

/** A name that neither garbles the lines of a digest tool nor is too long for a tar header. */
const PLAIN = /^[^\\\n\r]+$/

/**
 * Files with the same mode and owner that go to the same folder are staged together, so that a few processes do for
 * all of them. Everything is checked first; then modes and owners are set, and only then the tree is touched.
 */
export function treeProgram(plan: TreePlan): TreeProgram {
  const classes = Map.groupBy(plan.files, file => `${file.attributes.mode} ${file.attributes.owner}`)
  const groups = [...classes.values()].flatMap((files, index) => groupFiles(files, `c${index}`))
  const links = [...Map.groupBy(plan.links, link => parentOf(link.path))]
  const lines = [
    ...groups.map(({ folder, staged }) => checkLine(folder, staged)),
    ...[...classes.values()].map((files, index) => ownLine(files, `c${index}`)),
    'root\n',
    ...batches(plan.folders).map(batch => `folders ${words(batch)}\n`),
    ...groups.flatMap(({ staged }) => staged.flatMap(nameLine)),
    ...links.flatMap(([, inFolder], index) =>
      inFolder.map(({ path, target }) => `link l${index} ${words([target, nameOf(path)])}\n`),
    ),
    ...groups.map(({ folder, target }) => `move ${folder} ${quoteWord(target)}\n`),
    ...links.map(([target], index) => `move l${index} ${quoteWord(target)}\n`),
    ...settleLines(plan),
  ]
  return { text: lines.join(''), staged: groups.flatMap(group => group.staged) }
}

interface Group {
  readonly folder: string
  readonly target: string
  readonly staged: readonly StagedFile[]
}

function groupFiles(files: readonly SentFile[], base: string): Group[] {
  const byTarget = [...Map.groupBy(files, file => parentOf(file.path))]
  const parts = byTarget.flatMap(([target, inFolder]) =>
    batches(inFolder).map(batch => [target, batch] as const),
  )
  return parts.map(([target, batch], index) => {
    const folder = `${base}/${index}`
    const staged = batch.map((file, i) => ({ file, folder, name: stagedName(nameOf(file.path), i) }))
    return { folder, target, staged }
  })
}

function stagedName(name: string, index: number): string {
  return PLAIN.test(name) && Buffer.byteLength(name) <= TAR_NAME_BYTES ? name : `.drover-name-${index}`
}

function checkLine(folder: string, staged: readonly StagedFile[]): string {
  const digests = staged.map(({ file }) => `${file.local.digest}\n`).join('')
  const sum = createHash('sha256').update(digests).digest('hex')
  return `check ${sum} ${folder} ${words(staged.map(({ name }) => `./${name}`))}\n`
}

function ownLine(files: readonly SentFile[], folder: string): string {
  const { mode = '0644', owner = '' } = files[0]?.attributes ?? {}
  return `own ${folder} ${mode} ${quoteWord(owner)}\n`
}

function nameLine({ file, folder, name }: StagedFile): string[] {
  const real = nameOf(file.path)
  return real === name ? [] : [`name ${folder} ${name} ${quoteWord(real)}\n`]
}

function settleLines({ settled }: TreePlan): string[] {
  const classes = Map.groupBy(
    settled,
    ({ attributes }) => `${attributes.mode} ${quoteWord(attributes.owner)}`,
  )
  return [...classes].flatMap(([attributes, files]) =>
    batches(files).map(batch => `settle ${attributes} ${words(batch.map(({ path }) => path))}\n`),
  )
}

const words = (texts: readonly string[]) => texts.map(quoteWord).join(' ')

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/** `.` at the top. */
function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '.' : path.slice(0, slash)
}
