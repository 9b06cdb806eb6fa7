import Type from 'typebox'
import { EXPRESSION, flag, text, written } from './values.ts'

export const Put = Type.Object(
  {
    src: Type.Optional(
      text('A local file, folder or glob, relative to the file of the step.', { examples: ['dist/app.tgz'] }),
    ),
    content: Type.Optional(
      written('The content of the file itself.', {
        errorMessage: 'must be text or a number',
        type: ['string', 'number'],
      }),
    ),
    template: Type.Optional(
      text(
        'A local text file with ${{ }}, and with blocks such as ${{ for x in … }}, ${{ if … }} and ${{ end }}; relative to the file of the step.',
        { examples: ['nginx.conf.tmpl'] },
      ),
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
        examples: ['app'],
      }),
    ),
    group: Type.Optional(
      written('The owning group, by name or number.', {
        errorMessage: 'must be the name or the number of a group',
        type: ['string', 'integer'],
        minLength: 1,
        minimum: 0,
        examples: ['app'],
      }),
    ),
    parents: Type.Optional(flag('Make parent folders that are missing.')),
  },
  {
    description:
      'Copies a file, a folder, a given content or a rendered template to the hosts. Nothing is sent where it is there already.',
    additionalProperties: false,
    oneOf: [{ required: ['src'] }, { required: ['content'] }, { required: ['template'] }],
    errorMessage: 'must be a map with "src" (or "content", or "template") and "dest"',
    examples: [{ src: 'dist/app.tgz', dest: '/opt/app/' }],
  },
)

export const Get = Type.Object(
  {
    src: text('A remote file, folder or glob.', { examples: ['/var/log/app.log'] }),
    dest: text(
      "A local folder, relative to the file of the step; each host's files land in a folder of its name inside it.",
      { examples: ['logs/'] },
    ),
  },
  {
    description: 'Fetches files from the hosts.',
    additionalProperties: false,
    errorMessage: 'must be a map with "src" and "dest"',
    examples: [{ src: '/var/log/app.log', dest: 'logs/' }],
  },
)
