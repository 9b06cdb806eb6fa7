import Type from 'typebox'
import { NAME, text } from './values.ts'

const Source = Type.Object(
  {
    file: Type.Optional(
      text(
        'A file of secrets that drover secrets edit writes, or one that age encrypted as a whole; relative to the playbook.',
        { examples: ['secrets.yml'] },
      ),
    ),
    key: Type.Optional(
      text('The name in the file of secrets, where it is another one.', { examples: ['db_password'] }),
    ),
    env: Type.Optional(
      Type.String({
        pattern: NAME,
        description: "A variable of drover's own environment.",
        errorMessage: 'must be the name of an environment variable',
        examples: ['DB_PASSWORD'],
      }),
    ),
    command: Type.Optional(
      Type.Unsafe<readonly string[]>({
        type: 'array',
        items: { type: 'string', description: 'A word.', errorMessage: 'must be text' },
        minItems: 1,
        description: 'A program that prints it, and its arguments; no shell is between.',
        errorMessage: 'must be a list of words, as [pass, show, db]',
        examples: [['pass', 'show', 'db']],
      }),
    ),
    prompt: Type.Optional(
      text('Asked on the terminal, once, before any host is touched.', { examples: ['Database password'] }),
    ),
  },
  {
    description: 'One of file, env, command and prompt.',
    additionalProperties: false,
    errorMessage: 'must say where it comes from, as { file: secrets.yml }',
  },
)

/** Names to where each value comes from. */
export const Secrets = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description:
    'Values that are never shown, and where each comes from, used as ${{ secrets.name }} in env, stdin, and the content or template of a put.',
  patternProperties: { [NAME]: Source },
  additionalProperties: false,
  errorMessage: 'must be a map of names to where they come from',
  examples: [{ db_password: { file: 'secrets.yml' } }],
})
