import Type from 'typebox'
import { Hosts, options } from './options.ts'
import { Param, Params } from './param.ts'
import { Secrets } from './secrets.ts'
import { Step } from './step.ts'
import { LABEL, MaxFailures, NAME, text, wholeNumber } from './values.ts'

/**
 * The source of playbook.schema.json: `node schema/write.ts` writes it. It is draft-07, which editors know best.
 * Descriptions and examples are what editors show; `errorMessage` is what editors and drover say when a value does
 * not fit, after the name of its key.
 */
export const PlaybookSchema = Type.Object(
  {
    name: Type.Optional(
      text('What the playbook does, shown to people.', { examples: ['Deploy the web tier'] }),
    ),
    description: Type.Optional(text('More about it, for people who read the file.')),
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
    secrets: Type.Optional(Secrets),
    params: Type.Optional(Params),
    defaults: Type.Optional(
      Type.Object(options, {
        description: 'Options that every step has unless it says otherwise.',
        additionalProperties: false,
        errorMessage: 'must be a map of step options',
        examples: [{ timeout: '5m' }],
      }),
    ),
    semaphores: Type.Optional(
      Type.Unsafe<Readonly<Record<string, number>>>({
        type: 'object',
        description:
          'Named semaphores and their permits: at most so many steps that name one run at the same time, on all hosts together.',
        patternProperties: { [LABEL]: wholeNumber('How many at the same time.') },
        additionalProperties: false,
        errorMessage: 'must be a map of names to whole numbers',
        examples: [{ mirror: 5 }],
      }),
    ),
    steps: Type.Unsafe<readonly unknown[]>({
      type: 'array',
      items: { $ref: '#/definitions/step' },
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
    definitions: { step: Step, param: Param },
  },
)
