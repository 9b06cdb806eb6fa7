import Type from 'typebox'
import { duration, LABEL, NAME, oneOrMany, text, wholeNumber, written } from './values.ts'

// The options that a step may set for itself, a group for its members, and `defaults:` for all steps of a file.

const OnFailure = Type.Enum(['block', 'stop', 'continue'], {
  description:
    'What a failure on a host means. block: what needs the step does not run there. stop: nothing new starts anywhere but cleanup. continue: what needs the step runs all the same.',
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

/** What YAML 1.1 took for booleans would be users here. */
const NO_BOOLEAN =
  '(?!(?:[Yy]|[Yy]es|YES|[Nn]|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF|True|TRUE|true|False|FALSE|false)$)'

const Become = Type.Unsafe<boolean | string>({
  type: ['boolean', 'string'],
  pattern: `^${NO_BOOLEAN}(?:[A-Za-z_][A-Za-z0-9_.-]*\\$?|[\\s\\S]*\\$\\{\\{[\\s\\S]*)$`,
  description:
    'Act as another user. true: root, or whom the inventory names. A name: that user. false: not, whatever is set around the step.',
  errorMessage: 'must be true, false or the name of a user',
  examples: [true, 'postgres'],
})

const BecomeMethod = Type.Enum(['sudo', 'doas', 'su'], {
  description: 'How to become another user; sudo unless the inventory says otherwise.',
  errorMessage: 'must be sudo, doas or su',
})

export const Hosts = text(
  'The hosts: a pattern of names and groups, as "web,db", "web:&prod:!web3" or "web[0:2]".',
  { examples: ['all', 'web,db', 'web:&prod'] },
)

export const options = {
  cwd: Type.Optional(text('The remote folder in which the command runs.', { examples: ['/opt/app'] })),
  env: Type.Optional(Env),
  timeout: Type.Optional(duration('How long the step may take on a host.', 1)),
  throttle: Type.Optional(
    wholeNumber('At most this many hosts run the step at the same time.', { examples: [5] }),
  ),
  on_failure: Type.Optional(OnFailure),
  become: Type.Optional(Become),
  become_method: Type.Optional(BecomeMethod),
  tags: Type.Optional(
    oneOrMany(
      'Words by which --tags and --skip-tags choose steps. Members of a group have its tags as well.',
      { errorMessage: 'must be a tag, or a list of tags', examples: ['deploy', ['deploy', 'web']] },
      {
        description: 'Letters, digits and "_", "-", ".".',
        pattern: LABEL,
        errorMessage: 'must be a tag: letters, digits, "_", "-" and "."',
      },
    ),
  ),
}
