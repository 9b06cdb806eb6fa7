import Type from 'typebox'
import { condition, duration, LABEL, MaxFailures, oneOrMany, text } from './values.ts'

// When, how often and in what order steps run.

const StepName = Type.String({
  description: 'The id of a step of this file.',
  pattern: '^[a-z][a-z0-9_]*$',
  errorMessage: 'must be the id of a step',
})

const StepOn = Type.Object(
  {
    step: StepName,
    on: Type.Optional(
      Type.Enum(['host', 'all'], {
        description: 'host: that step on the same host. all: that step on all of its hosts.',
        default: 'host',
        errorMessage: 'must be host or all',
      }),
    ),
    if: Type.Optional(
      Type.Enum(['success', 'failed', 'always'], {
        description:
          'success: only if that step succeeded. failed: only if it did not. always: however it ended, for cleanup.',
        default: 'success',
        errorMessage: 'must be success, failed or always',
      }),
    ),
  },
  { additionalProperties: false, description: 'A step, on which hosts, and how it must have ended.' },
)

const Need = Type.Union([StepName, StepOn], {
  errorMessage: 'must be the id of a step, or a map such as {step: upload, on: all}',
})

export const Needs = Type.Union(
  [StepName, StepOn, Type.Array(Need, { description: 'All of these; [] starts at once.' })],
  {
    description: 'The steps that come before this one. Without it: the step above.',
    errorMessage: 'must be the id of a step, or a list of ids and {step: id, on: all}',
    examples: [[], ['upload'], [{ step: 'upload', on: 'all' }], [{ step: 'deploy', if: 'always' }]],
  },
)

export const When = condition(
  'The step runs on a host only where this is true; where it is false, the step is skipped.',
  { examples: ['facts.os.family == "debian"', 'steps.config.changed'] },
)

export const ForEach = Type.Unsafe<unknown>({
  type: ['array', 'object', 'string'],
  pattern: '^\\s*\\$\\{\\{[\\s\\S]*\\}\\}\\s*$',
  description:
    'Runs the step once for each item of a list or a map, one after the other. The item is ${{ item }}; of a map ${{ item.key }} and ${{ item.value }}. It must be known before connecting.',
  errorMessage: 'must be a list, a map, or an expression that gives one, as ${{ vars.users }}',
  examples: [['nginx', 'curl'], { alice: 1001 }, '${{ vars.users }}'],
})

export const Retry = Type.Object(
  {
    attempts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 3,
        description: 'How often in all, the first time included.',
        errorMessage: 'must be a whole number from 1 to 100000',
        examples: [10],
      }),
    ),
    delay: Type.Optional(
      duration('How long to wait before the next attempt; 1s unless given.', 0, { examples: ['2s'] }),
    ),
    backoff: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 1000,
        default: 1,
        description: 'Each delay is so many times the one before; 1: all are the same.',
        errorMessage: 'must be a number from 1 to 1000',
        examples: [2],
      }),
    ),
    until: Type.Optional(
      condition('What must hold of "result" for the step to be done; unless given, that it succeeded.', {
        examples: ['result.stdout == "ready"'],
      }),
    ),
  },
  {
    description: 'Tries the step again where it fails.',
    additionalProperties: false,
    errorMessage: 'must be a map such as { attempts: 3, delay: 5s }',
    examples: [{ attempts: 10, delay: '2s' }],
  },
)

const Batch = Type.Unsafe<number | string>({
  type: ['integer', 'string'],
  minimum: 1,
  pattern: '^(100|[1-9][0-9]?)%$',
  errorMessage: 'must be a number of hosts, at least 1, or a share such as "25%"',
})

export const Rolling = Type.Object(
  {
    batch: Type.Union([Batch, Type.Array(Batch, { minItems: 1 })], {
      description:
        'How many hosts at a time: a number, or a share of them, rounded down, at least 1. Of a list the last one repeats; a small first one is a canary.',
      errorMessage: 'must be a number of hosts, a share such as "25%", or a list of them',
      examples: [1, '25%', [1, '10%', '50%']],
    }),
    max_failures: Type.Optional(MaxFailures),
    pause: Type.Optional(duration('How long to wait between two batches.', 0)),
  },
  {
    description: 'Runs the whole group on one batch of hosts after the other.',
    additionalProperties: false,
    errorMessage: 'must be a map such as { batch: 25% }',
    examples: [{ batch: [1, '25%'], max_failures: 1 }],
  },
)

export const Semaphores = oneOrMany(
  'Names of "semaphores:": the step takes a permit of each while it runs on a host.',
  { errorMessage: 'must be the name of a semaphore, or a list of names', examples: ['mirror'] },
  { pattern: LABEL, errorMessage: 'must be the name of a semaphore' },
)

const Conditions = Type.Array(condition('It must hold.'), {
  minItems: 1,
  errorMessage: 'must be a list of conditions',
})

const That = Type.Union([condition('It must hold.'), Conditions], {
  description: 'What must hold: a condition, or a list of them.',
  errorMessage: 'must be a condition or a list of conditions',
  examples: ['vars.release != ""'],
})

export const Assert = Type.Union(
  [
    condition('It must hold.'),
    Conditions,
    Type.Object(
      {
        that: That,
        message: Type.Optional(
          text('What to say where it does not hold.', { examples: ['give the release with -e release=…'] }),
        ),
      },
      { additionalProperties: false },
    ),
  ],
  {
    description:
      'Conditions that must hold on a host, else the step fails there. Nothing is sent to the host. Bare expressions, without ${{ }}.',
    errorMessage: 'must be a condition, a list of conditions, or a map with "that" and "message"',
    examples: ['steps.version.stdout != ""', { that: 'host.port == 22', message: 'wrong port' }],
  },
)

export const Pause = duration('Waits so long, host by host; nothing is sent.', 1)
