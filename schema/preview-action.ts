import Type from 'typebox'
import { fields, list, number, oneOf, only, words } from './preview-values.ts'

// What a step does on a host, fully rendered. What only the run knows stands as it is written, ${{ … }}.

const become = Type.Optional(
  fields(
    {
      method: oneOf(['sudo', 'doas', 'su'], 'How.'),
      user: words('Which user.'),
    },
    'As whom it acts, where that is not who logs in.',
  ),
)
const secrets = Type.Optional(
  Type.Unsafe<readonly object[]>({
    type: 'array',
    description: 'Where values of secrets are inserted when it is sent; the texts have references there.',
    items: fields(
      {
        in: oneOf(['env', 'stdin', 'content'], 'Which text.'),
        variable: Type.Optional(words('Of env: the variable.')),
        secret: words('The name of the secret.'),
        start: number('Where the reference begins, in UTF-16 units.'),
        end: number('Where it ends.'),
      },
      'One place.',
    ),
  }),
)
const timeout = number('Milliseconds that it may take on the host.')
const planned = (description: string) =>
  Type.Optional(words(`${description} Only of a saved plan: if it is no longer so, the step is refused.`))

const Run = fields(
  {
    kind: only('run', 'A command.'),
    script: words('Shell text.'),
    shell: Type.Optional(words('The shell that runs it; absent: /bin/sh.')),
    cwd: Type.Optional(words('The remote folder in which it runs.')),
    env: Type.Unsafe<Readonly<Record<string, string>>>({
      type: 'object',
      description: 'Environment variables and their values.',
      additionalProperties: { type: 'string', description: 'The value.' },
    }),
    stdin: Type.Optional(words('Its standard input; absent: none.')),
    creates: list('Where all of these remote paths exist, it does not run.'),
    removes: list('Where none of these remote paths exists, it does not run.'),
    unless: Type.Optional(words('Where this shell text succeeds, it does not run.')),
    only_if: Type.Optional(words('Where this shell text fails, it does not run.')),
    read_only: Type.Boolean({ description: 'It changes nothing, and runs in a preview too.' }),
    writes: Type.Optional(list('Remote globs: all that it may change; absent: anything.')),
    idempotent: Type.Optional(only(true, 'It may run twice, where nobody knows whether it has run.')),
    detach: Type.Optional(only(true, 'Its processes are left alone when drover stops, or loses the host.')),
    reconnect: Type.Optional(only(true, 'The link goes down with it, and the host is waited for.')),
    planned: planned('Whether the script runs or a guard holds.'),
    become,
    secrets,
    timeout_ms: timeout,
  },
  'A command on the host.',
)

const Put = fields(
  {
    kind: only('put', 'Files to the host.'),
    source: fields(
      {
        kind: oneOf(['src', 'content'], 'src: text is a local path. content: text is the content itself.'),
        text: words('The local file, folder or glob; or the content.'),
      },
      'What is put.',
    ),
    dest: words('The remote path; with a slash at the end, or where a folder is: inside it.'),
    mode: Type.Optional(words('Octal digits; absent: what is there stays.')),
    owner: Type.Optional(words('The user who is to own it; absent: as it is.')),
    group: Type.Optional(words('The group that is to own it; absent: as it is.')),
    parents: Type.Boolean({ description: 'Missing folders above it are made.' }),
    planned: planned('What was there.'),
    become,
    secrets,
    timeout_ms: timeout,
  },
  'Files to the host.',
)

const Get = fields(
  {
    kind: only('get', 'Files from the host.'),
    src: words('The remote file, folder or glob.'),
    dest: words('The local folder that holds one for each host.'),
    planned: planned('What was here.'),
    become,
    timeout_ms: timeout,
  },
  'Files from the host.',
)

const Others = [
  fields(
    {
      kind: only('assert', 'Conditions that must hold.'),
      that: list('The conditions, as written.'),
      message: Type.Optional(words('What it says where one does not hold.')),
    },
    'Conditions that must hold.',
  ),
  fields(
    { kind: only('pause', 'A wait.'), duration_ms: number('Milliseconds.') },
    'A wait; nothing is sent.',
  ),
  fields(
    { kind: only('skip', 'Nothing.'), reason: words('Which condition is false whatever the run brings.') },
    'Nothing: a condition rules it out.',
  ),
  fields(
    { kind: only('unknown', 'It cannot be done.'), reason: words('Which value does not fit.') },
    'It cannot be done: a value does not fit.',
  ),
]

export const Action = Type.Union([Run, Put, Get, ...Others], {
  description: 'What the step does on the hosts.',
})
