import Type from 'typebox'
import { Failure, fields, list, number, oneOf, only, words } from './preview-values.ts'

// What a host was found to have. Paths of the host are absolute.

const failure = Type.Optional(
  Type.Unsafe<object>({ $ref: '#/$defs/failure', description: 'For fails: why.' }),
)
const note = (description: string) => Type.Optional(words(description))

const Run = fields(
  {
    kind: only('run', 'Of a command.'),
    outlook: oneOf(
      ['runs', 'held', 'fails'],
      'runs: nothing keeps it from running. held: a guard does. fails: the step would end before its script.',
    ),
    note: note('For held: which guard, as "what it creates is there".'),
    failure,
    reads: fields(
      {
        exists: list('Paths of which only the existence matters.'),
        contents: Type.Union([list('Paths.'), only('anything', 'The text of a guard does not tell.')], {
          description: 'Paths that are read, with all below them.',
        }),
      },
      'What the answer rests on.',
    ),
  },
  'What a command would meet.',
)

const FileState = (description: string) =>
  fields(
    {
      size: Type.Optional(number('Bytes.')),
      mode: Type.Optional(words('Four octal digits.')),
      owner: Type.Optional(words('A name as the step has it, or a number as the host has it.')),
      group: Type.Optional(words('A name as the step has it, or a number as the host has it.')),
      target: Type.Optional(words('Of a symbolic link.')),
    },
    description,
  )

const Diff = Type.Union(
  [
    fields(
      { kind: only('text', 'A diff.'), text: words('Hunks of a unified diff, without file names.') },
      'The difference of two texts.',
    ),
    fields(
      {
        kind: only('none', 'No diff.'),
        because: oneOf(['binary', 'size', 'unreadable', 'many', 'secret'], 'Why there is none.'),
      },
      'Why the difference is not shown.',
    ),
  ],
  { description: 'Of a file whose content changes.' },
)

const Change = fields(
  {
    path: words('The remote path.'),
    type: oneOf(['file', 'folder', 'link'], 'What it is to be.'),
    change: oneOf(
      ['new', 'content', 'attributes', 'replaced'],
      'What changes; replaced: what is there is of another type.',
    ),
    before: Type.Optional(FileState('What is there now.')),
    after: FileState('What would be there; what is absent stays as it is.'),
    diff: Type.Optional(Diff),
  },
  'A file, folder or link that would be made or changed.',
)

const Put = fields(
  {
    kind: only('put', 'Of files to the host.'),
    outlook: oneOf(['writes', 'same', 'fails'], 'writes: something would change. same: nothing would.'),
    failure,
    before: words('What is there now, in one line.'),
    targets: list('Every path that it would give a content, right already or not.'),
    changes: list('The first of what would change, in the order of the source.', Change),
    counts: fields(
      { new: number('Made.'), changed: number('Changed.'), same: number('Left alone.') },
      'How many files, folders and links.',
    ),
    bytes: number('Bytes that would be sent.'),
    missing: list('Folders above the target that are not there, the topmost first.'),
    unless_made: Type.Optional(
      Type.Unsafe<object>({
        $ref: '#/$defs/failure',
        description: 'Why it fails unless something makes the missing folders before.',
      }),
    ),
    note: note('How it was compared, where the host lacks the usual tools.'),
  },
  'What files to the host would meet.',
)

const Get = fields(
  {
    kind: only('get', 'Of files from the host.'),
    outlook: oneOf(['fetches', 'fails'], 'Whether there is something to fetch.'),
    failure,
    files: number('Files that would be fetched.'),
    bytes: number('Bytes of them.'),
    local: fields(
      {
        new: number('Files that are not here yet.'),
        same: number('Files that are here already.'),
        changed: number('Files of which another content is here.'),
        overwritten: list('The first of the local paths that would be overwritten.'),
      },
      'What of it is here.',
    ),
    before: words('What is here now, in one line.'),
    reads: list('The remote paths that would be fetched.'),
  },
  'What files from the host would meet.',
)

const Unseen = fields(
  {
    kind: only('unseen', 'It could not be looked at.'),
    failure: Type.Unsafe<object>({ $ref: '#/$defs/failure', description: 'Why.' }),
  },
  'It could not be looked at, which says nothing about what would happen.',
)

export const Finding = Type.Union([Run, Put, Get, Unseen], {
  description: 'What the hosts were found to have, where they were asked and the answer counts.',
})

export const Result = fields(
  {
    outcome: words('How it ended, as ok or failed.'),
    exit_code: Type.Optional(Type.Integer({ description: "The command's exit status." })),
    signal: Type.Optional(words('The signal that ended the command, as TERM.')),
    note: Type.Optional(words('A short remark for people.')),
    failure: Type.Optional(Type.Unsafe<object>({ $ref: '#/$defs/failure', description: 'Why it failed.' })),
  },
  'How a read_only step ended, which really ran.',
)

export { Failure }
