import Type from 'typebox'

/**
 * The source of playbook.schema.json: `node schema/write.ts` writes it. It is draft-07, which editors know best.
 * Descriptions and examples are what editors show; `errorMessage` is what editors and drover say when a value does
 * not fit, after the name of its key.
 */

const EXPRESSION = '\\$\\{\\{'
const NAME = '^[A-Za-z_][A-Za-z0-9_]*$'

type Extra = Readonly<Record<string, unknown>>

const text = (description: string, extra: Extra = {}) =>
  Type.String({ description, minLength: 1, errorMessage: 'must be text', ...extra })

const flag = (description: string) =>
  Type.Boolean({ description, default: false, errorMessage: 'must be true or false' })

const oneOrMany = (description: string, extra: Extra = {}) =>
  Type.Union(
    [text('A path.'), Type.Array(text('A path.'), { minItems: 1, errorMessage: 'must be a list of texts' })],
    {
      description,
      errorMessage: 'must be text or a list of texts',
      ...extra,
    },
  )

const written = (description: string, extra: Extra = {}) =>
  Type.Unsafe<string | number | boolean>({
    type: ['string', 'number', 'boolean'],
    description,
    errorMessage: 'must be text or a number',
    ...extra,
  })

const Timeout = Type.Union(
  [Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[0-9]*[1-9][0-9]*(ms|s|m|h|d)?$' })],
  {
    description:
      'How long the step may take on a host: a number of seconds, or with a unit (ms, s, m, h, d).',
    errorMessage: 'must be a duration such as 30s, 5m, 1h, or a whole number of seconds',
    examples: ['30s', '5m', '1h'],
  },
)

const MaxFailures = Type.Union(
  [Type.Integer({ minimum: 0 }), Type.String({ pattern: '^(100|[1-9]?[0-9])%$' })],
  {
    description:
      'How many distinct hosts may fail or be unreachable: a number, or a share of the hosts, rounded down. 0 unless given.',
    errorMessage: 'must be a whole number of hosts, or a share such as "25%"',
    examples: [1, '25%'],
  },
)

const Throttle = Type.Integer({
  minimum: 1,
  description: 'At most this many hosts run the step at the same time.',
  errorMessage: 'must be a whole number, at least 1',
  examples: [5],
})

const OnFailure = Type.Enum(['block', 'stop', 'continue'], {
  description:
    'What a failure on a host means. block: what needs the step does not run there. stop: nothing new starts anywhere. continue: what needs the step runs all the same.',
  default: 'block',
  errorMessage: 'must be block, stop or continue',
})

const Env = Type.Unsafe<Readonly<Record<string, string | number | boolean>>>({
  type: 'object',
  description: 'Environment variables of the command. They do not show in process lists.',
  patternProperties: {
    [NAME]: written('The value, as it is written here.', {
      errorMessage: 'must be text, a number, true or false',
    }),
  },
  additionalProperties: false,
  errorMessage: 'must be a map of names to values',
  examples: [{ LANG: 'C' }],
})

const Cwd = text('The remote folder in which the command runs.', { examples: ['/opt/app'] })

const options = {
  cwd: Type.Optional(Cwd),
  env: Type.Optional(Env),
  timeout: Type.Optional(Timeout),
  throttle: Type.Optional(Throttle),
  on_failure: Type.Optional(OnFailure),
}

const Hosts = text(
  'The hosts: a pattern of names and groups, as "web,db", "web:&prod:!web3" or "web[0:2]".',
  {
    examples: ['all', 'web,db', 'web:&prod'],
  },
)

const Put = Type.Object(
  {
    src: Type.Optional(
      text('A local file, folder or glob, relative to the playbook.', { examples: ['dist/app.tgz'] }),
    ),
    content: Type.Optional(
      written('The content of the file itself.', {
        errorMessage: 'must be text or a number',
        type: ['string', 'number'],
      }),
    ),
    dest: text('The remote path. With a trailing slash, or where a folder is: inside it.', {
      examples: ['/etc/app/app.conf', '/opt/app/'],
    }),
    mode: Type.Optional(
      Type.String({
        pattern: `^[0-7]{3,4}$|${EXPRESSION}`,
        description:
          'Octal permissions, quoted. Without it a new file gets "0644", and what exists keeps its own.',
        errorMessage: 'must be octal digits in quotes, as "0644"',
        examples: ['0644', '0755', '0600'],
      }),
    ),
    owner: Type.Optional(
      written('The owning user, by name or number.', {
        errorMessage: 'must be the name or the number of a user',
        type: ['string', 'integer'],
        minLength: 1,
        minimum: 0,
      }),
    ),
    group: Type.Optional(
      written('The owning group, by name or number.', {
        errorMessage: 'must be the name or the number of a group',
        type: ['string', 'integer'],
        minLength: 1,
        minimum: 0,
      }),
    ),
    parents: Type.Optional(flag('Make parent folders that are missing.')),
  },
  {
    description:
      'Copies a file, a folder, or a given content to the hosts. Nothing is sent where it is there already.',
    additionalProperties: false,
    oneOf: [{ required: ['src'] }, { required: ['content'] }],
    errorMessage: 'must be a map with "src" (or "content") and "dest"',
    examples: [{ src: 'dist/app.tgz', dest: '/opt/app/' }],
  },
)

const Get = Type.Object(
  {
    src: text('A remote file, folder or glob.', { examples: ['/var/log/app.log'] }),
    dest: text(
      "A local folder, relative to the playbook; each host's files land in a folder of its name inside it.",
      {
        examples: ['logs/'],
      },
    ),
  },
  {
    description: 'Fetches files from the hosts.',
    additionalProperties: false,
    errorMessage: 'must be a map with "src" and "dest"',
    examples: [{ src: '/var/log/app.log', dest: 'logs/' }],
  },
)

const StepId = Type.String({
  description: 'The id of a step.',
  pattern: '^[a-z][a-z0-9_]*$',
  errorMessage: 'must be the id of a step',
})

const StepOn = Type.Object(
  {
    step: StepId,
    on: Type.Optional(
      Type.Enum(['host', 'all'], {
        description: 'host: that step on the same host. all: that step on all of its hosts.',
        default: 'host',
        errorMessage: 'must be host or all',
      }),
    ),
  },
  { additionalProperties: false, description: 'A step, and on which hosts it must have ended.' },
)

const Need = Type.Union([StepId, StepOn], {
  errorMessage: 'must be the id of a step, or a map such as {step: upload, on: all}',
})

const Step = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9_]*$',
        description: 'The name by which other steps refer to this one.',
        errorMessage: 'must be lower-case letters, digits and _, and start with a letter',
        examples: ['upload'],
      }),
    ),
    name: Type.Optional(text('What the step is for, shown to people.', { examples: ['Upload the release'] })),
    hosts: Type.Optional(Hosts),
    needs: Type.Optional(
      Type.Union([StepId, StepOn, Type.Array(Need, { description: 'All of these; [] starts at once.' })], {
        description: 'The steps that come before this one. Without it: the step above.',
        errorMessage: 'must be the id of a step, or a list of ids and {step: id, on: all}',
        examples: [[], ['upload'], [{ step: 'upload', on: 'all' }]],
      }),
    ),
    run: Type.Optional(
      text('A command or script for /bin/sh; it stops at the first command that fails.', {
        examples: ['systemctl restart app'],
      }),
    ),
    put: Type.Optional(Put),
    get: Type.Optional(Get),
    ...options,
    stdin: Type.Optional(
      written('Text for the standard input of the command; empty unless given.', {
        type: ['string', 'number'],
      }),
    ),
    once: Type.Optional(flag('Run on one host only, the first.')),
    read_only: Type.Optional(flag('The command changes nothing: it counts as ok, never as changed.')),
    creates: Type.Optional(
      oneOrMany('Paths on the host; where all of them exist, the command does not run.', {
        examples: ['/opt/app/VERSION'],
      }),
    ),
    removes: Type.Optional(
      oneOrMany('Paths on the host; where none of them exists, the command does not run.', {
        examples: ['/tmp/app.lock'],
      }),
    ),
    max_failures: Type.Optional(MaxFailures),
  },
  {
    description: 'One thing to do: exactly one of run, put and get.',
    additionalProperties: false,
    oneOf: [{ required: ['run'] }, { required: ['put'] }, { required: ['get'] }],
    dependencies: {
      cwd: ['run'],
      env: ['run'],
      stdin: ['run'],
      read_only: ['run'],
      creates: ['run'],
      removes: ['run'],
    },
    errorMessage: 'must be a map with one of "run", "put" and "get"',
  },
)

export const PlaybookSchema = Type.Object(
  {
    name: Type.Optional(
      text('What the playbook does, shown to people.', { examples: ['Deploy the web tier'] }),
    ),
    hosts: Type.Optional(Hosts),
    inventory: Type.Optional(
      text('The inventory file or folder, relative to the playbook. -i on the command line overrides it.', {
        examples: ['hosts.ini'],
      }),
    ),
    vars: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        description:
          'Variables and their defaults, used as ${{ vars.name }}. The inventory and -e override them; null: must be given.',
        patternProperties: { [NAME]: { description: 'The default; null: required, a text.' } },
        additionalProperties: false,
        errorMessage: 'must be a map of names to values',
        examples: [{ release: '1.4.2' }],
      }),
    ),
    defaults: Type.Optional(
      Type.Object(options, {
        description: 'Options that every step has unless it says otherwise.',
        additionalProperties: false,
        errorMessage: 'must be a map of step options',
      }),
    ),
    steps: Type.Array(Step, {
      minItems: 1,
      description: 'What to do, in order: each step waits for the one above unless it has "needs".',
      errorMessage: 'must be a list of steps',
    }),
    max_failures: Type.Optional(MaxFailures),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'drover playbook',
    description: 'Steps to run on a fleet of hosts over SSH.',
    additionalProperties: false,
    errorMessage: 'must be a map with "steps"',
  },
)
