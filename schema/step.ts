import Type from 'typebox'
import { Assert, ForEach, Needs, Pause, Retry, Rolling, Semaphores, When } from './control.ts'
import { Hosts, options } from './options.ts'
import { Get, Put } from './transfer.ts'
import { condition, flag, MaxFailures, oneOrMany, text, wholeNumber, written } from './values.ts'

const identity = {
  id: Type.Optional(
    Type.String({
      pattern: '^[a-z][a-z0-9_]*$',
      description: 'The name by which other steps of this file refer to this one.',
      errorMessage: 'must be lower-case letters, digits and _, and start with a letter',
      examples: ['upload'],
    }),
  ),
  name: Type.Optional(text('What the step is for, shown to people.', { examples: ['Upload the release'] })),
  hosts: Type.Optional(Hosts),
  needs: Type.Optional(Needs),
  when: Type.Optional(When),
  for_each: Type.Optional(ForEach),
  parallel: Type.Optional(
    wholeNumber('How many items of "for_each" are done at the same time on a host; 1 unless given.', {
      examples: [4],
    }),
  ),
}

/** The names of playbooks/lib, for editors to offer. */
const LIBRARY = [
  ...['archive', 'authorized_key', 'cron', 'directory', 'git_checkout', 'line_in_file', 'package', 'service'],
  ...['symlink', 'template', 'user', 'wait_for'],
]

const kinds = {
  run: Type.Optional(
    text('A command or script for /bin/sh; it stops at the first command that fails.', {
      examples: ['systemctl restart app'],
    }),
  ),
  put: Type.Optional(Put),
  get: Type.Optional(Get),
  assert: Type.Optional(Assert),
  pause: Type.Optional(Pause),
  use: Type.Optional(
    text(
      "A file of steps, relative to this one; or a name of drover's library, such as package or service.",
      { examples: [...LIBRARY, 'lib/nginx.yml'] },
    ),
  ),
  steps: Type.Optional(
    Type.Unsafe<readonly unknown[]>({
      type: 'array',
      items: { $ref: '#/definitions/step' },
      minItems: 1,
      description: 'The steps of a group. The options of the group are the defaults of its steps.',
      errorMessage: 'must be a list of steps',
    }),
  ),
}

const forRun = {
  stdin: Type.Optional(
    written('Text for the standard input of the command; empty unless given.', {
      type: ['string', 'number'],
    }),
  ),
  shell: Type.Optional(
    Type.String({
      pattern: '^(?:[A-Za-z0-9_][A-Za-z0-9_.+-]*|/[A-Za-z0-9_./+-]+)$',
      description: 'Another shell than /bin/sh, by name or path; it must take -e and -c.',
      errorMessage: 'must be the name or the absolute path of a shell, without options',
      examples: ['bash'],
    }),
  ),
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
  unless: Type.Optional(
    text(
      'A command for /bin/sh that changes nothing, and runs in previews too; where it succeeds, there is nothing to do.',
      {
        examples: ['systemctl is-active -q app'],
      },
    ),
  ),
  only_if: Type.Optional(
    text(
      'A command for /bin/sh that changes nothing, and runs in previews too; where it fails, there is nothing to do.',
      {
        examples: ['test -e /etc/app.conf'],
      },
    ),
  ),
  changed_when: Type.Optional(
    condition(
      'Whether the command has changed something; it sees its own "result", so that a preview mostly cannot know.',
      {
        examples: ['result.stdout.contains("installed")'],
      },
    ),
  ),
  failed_when: Type.Optional(
    condition('Whether the command has failed, instead of its exit status; it sees its own "result".', {
      examples: ['result.exit_code > 1'],
    }),
  ),
  read_only: Type.Optional(
    flag('The command changes nothing: it counts as ok, never as changed, and previews really run it.'),
  ),
  writes: Type.Optional(
    Type.Union([text('A glob.'), Type.Array(text('A glob.'), { errorMessage: 'must be a list of texts' })], {
      description:
        'Paths or globs of all that the command writes on the host; relative ones start at cwd. The preview stays certain about the rest. [] writes no file.',
      errorMessage: 'must be text or a list of texts',
      examples: [['/etc/nginx/**']],
    }),
  ),
  idempotent: Type.Optional(
    flag(
      'The command may run twice: where the link breaks and nobody knows whether it has run, it runs again by itself.',
    ),
  ),
  detach: Type.Optional(
    flag('What the command starts may outlive it: it is left alone when drover stops, or loses the host.'),
  ),
  reconnect: Type.Optional(
    flag('The command takes the connection down, as a reboot does: wait until the host is back.'),
  ),
}

const forHosts = {
  retry: Type.Optional(Retry),
  delegate_to: Type.Optional(
    text("The host that carries the step out, or localhost; results still belong to the step's host.", {
      examples: ['localhost', '${{ vars.balancer }}'],
    }),
  ),
  semaphores: Type.Optional(Semaphores),
  may_overlap: Type.Optional(
    flag('It is meant that the step can run at the same time as others that write the same paths.'),
  ),
}

const properties = {
  ...identity,
  ...kinds,
  ...options,
  ...forRun,
  ...forHosts,
  once: Type.Optional(flag('Run on one host only, the first.')),
  max_failures: Type.Optional(MaxFailures),
  rolling: Type.Optional(Rolling),
  with: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      description: 'The params of the file that is used.',
      errorMessage: 'must be a map of params to values',
      examples: [{ name: 'nginx' }],
    }),
  ),
}

type Kind = keyof typeof kinds
type Key = keyof typeof properties

const KINDS = Object.keys(kinds) as readonly Kind[]
const RUN = Object.keys(forRun) as readonly Key[]
const HOSTS = Object.keys(forHosts) as readonly Key[]
const CONNECTED: readonly Key[] = ['timeout', 'throttle', 'become', 'become_method', ...HOSTS]
const SHELL: readonly Key[] = ['cwd', 'env']

/** The keys that say nothing about a step of this kind, each with the reason. */
function refusedKeys(kind: Kind): readonly (readonly [Key, string])[] {
  const say = (keys: readonly Key[], why: string) => keys.map(key => [key, why] as const)
  const run = 'is only for "run" steps'
  const groups = 'is only for groups, with "steps" or "use"'
  const use = 'is only for "use" steps'
  const inside = 'is not for a group: set it for the steps inside'
  switch (kind) {
    case 'run':
      return [...say(['rolling'], groups), ...say(['with'], use)]
    case 'put':
    case 'get':
      return [
        ...say(RUN, run),
        ...say(SHELL, 'is only for "run" steps, and groups of them'),
        ...say(['rolling'], groups),
        ...say(['with'], use),
      ]
    case 'assert':
    case 'pause':
      return [
        ...say([...RUN, ...SHELL], run),
        ...say(CONNECTED, `is not for "${kind}", which does nothing on the host`),
        ...say(['rolling'], groups),
        ...say(['with'], use),
      ]
    case 'steps':
      return [...say(RUN, run), ...say([...HOSTS, 'once'], inside), ...say(['with'], use)]
    case 'use':
      return [
        ...say(RUN, run),
        ...say([...HOSTS, 'once'], 'is not for "use": the file says it for its steps'),
      ]
  }
}

const refusals = KINDS.map(kind => ({
  if: { required: [kind] },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
  then: {
    properties: Object.fromEntries(
      refusedKeys(kind).map(([key, errorMessage]) => [key, { not: {}, errorMessage }]),
    ),
  },
}))

export const Step = Type.Object(properties, {
  description: `One thing to do: exactly one of ${KINDS.join(', ')}.`,
  additionalProperties: false,
  oneOf: KINDS.map(kind => ({ required: [kind] })),
  allOf: refusals,
  dependencies: { parallel: ['for_each'] },
  errorMessage: `must be a map with one of ${KINDS.map(kind => `"${kind}"`).join(', ')}`,
})
