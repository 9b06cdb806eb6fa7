import Type from 'typebox'
import { Action } from './preview-action.ts'
import { Failure, Finding, Result } from './preview-finding.ts'
import { fields, hosts, list, number, oneOf, only, words } from './preview-values.ts'

// The source of preview.schema.json: `node schema/write.ts` writes it.

const flag = (description: string) => Type.Boolean({ description })
const ref = (name: string, description: string) =>
  Type.Unsafe<object>({ $ref: `#/$defs/${name}`, description })

const sameHosts = {
  hosts,
  delegate: Type.Optional(words('The host that carries the step out for them, where that is another one.')),
  only_when: Type.Optional(list('Conditions that only the run can decide, as written.')),
  action: ref('action', 'What the step does there.'),
}

const OfflineGroup = fields(sameHosts, 'Hosts on which the step does the same.')

const ConnectedGroup = fields(
  {
    ...sameHosts,
    verdict: oneOf(
      ['change', 'no change', 'skip', 'unknown'],
      'What would become of it. unknown: what the step meets may be another by then; on hosts that could not be asked all is unknown.',
    ),
    because: Type.Optional(words('For skip and unknown: why, as "steps.conf would change first".')),
    fails: Type.Optional(only(true, 'For unknown: as things are the step would fail, and because says why.')),
    finding: Type.Optional(ref('finding', 'What the hosts were found to have.')),
    result: Type.Optional(ref('result', 'How a read_only step ended, which really ran.')),
  },
  'Hosts about which all is the same.',
)

const Need = fields(
  {
    step: words('Id of the step that comes before.'),
    on: oneOf(['host', 'all'], 'host: on the same host. all: on all of its hosts.'),
    if: oneOf(
      ['success', 'failed', 'always'],
      'success: it must end well. always: it must end. failed: at least one of such needs must end otherwise than well.',
    ),
  },
  'What the step waits for.',
)

const Retry = fields(
  {
    attempts: number('How often it is tried in all.'),
    delay_ms: number('Milliseconds until the second attempt.'),
    backoff: Type.Number({
      minimum: 0,
      description: 'How many times longer each wait is than the one before.',
    }),
    until: Type.Optional(words('The condition that an attempt must meet, as written.')),
  },
  'How it is tried again.',
)

const step = (group: ReturnType<typeof fields>, hidden: string) =>
  fields(
    {
      id: words('Its id; users[0] is an item of a loop, web.install a step of an included file.'),
      title: words('What it is for.'),
      group: Type.Optional(words('Id of the group that it is in.')),
      excluded: Type.Optional(oneOf(['limit', 'tags', 'step'], 'Which option left it without hosts.')),
      hidden: Type.Optional(only(true, hidden)),
      needs: list('What it waits for.', Need),
      once: flag('It runs once, on the first host.'),
      may_overlap: Type.Optional(
        only(true, 'It may write what steps that run at the same time write, and that is meant.'),
      ),
      throttle: Type.Optional(number('At most so many hosts at the same time.')),
      semaphores: list('Semaphores of which it takes a permit.'),
      on_failure: oneOf(['block', 'stop', 'continue'], 'What a failure means for what comes after it.'),
      max_failures: number('Hosts that may fail without breaking what needs all of them.'),
      tags: list('Its tags.'),
      retry: Type.Optional(Retry),
      changed_when: Type.Optional(words('The condition that makes it changed, as written.')),
      failed_when: Type.Optional(words('The condition that makes it failed, as written.')),
      groups: list('Its hosts, by what becomes of it there.', group),
    },
    'A step.',
  )

const Group = fields(
  {
    kind: oneOf(['group', 'use', 'loop'], 'use: an included file. loop: the items of for_each.'),
    id: words('Its id.'),
    title: words('What it is for.'),
    group: Type.Optional(words('Id of the group that it is in.')),
    rolling: Type.Optional(
      fields(
        {
          batches: list('The hosts of each batch, the first batch first.', hosts),
          max_failures: number('Hosts that may fail before no further batch starts.'),
          pause_ms: number('Milliseconds between two batches.'),
        },
        'It goes over its hosts in batches.',
      ),
    ),
  },
  'A step that holds others.',
)

const Counts = fields(
  {
    change: number('Nodes that would change something; a node is one step on one host.'),
    unchanged: number('Nodes that would not.'),
    skipped: number('Nodes that a condition rules out.'),
    unknown: number('Nodes of which only the run can tell; those of unreachable hosts are not among them.'),
    failing: number('Of the unknown ones, those that would fail as things are.'),
    unreachable: number('Hosts that could not be asked.'),
  },
  'What would become of all nodes.',
)

const Unreachable = fields(
  {
    hosts,
    code: words('A stable name for the kind of failure, as connect_refused.'),
    message: words('What is wrong, for people.'),
    hint: Type.Optional(words('What to do about it, for people.')),
  },
  'Hosts that could not be asked, for the same reason.',
)

const Git = fields(
  {
    commit: Type.Optional(words('The full hash; absent before the first commit.')),
    branch: Type.Optional(words('Absent where no branch is checked out.')),
    dirty: list('The first of the files that differ from the commit or are not in it.'),
    dirty_count: number('How many such files there are.'),
    remote: Type.Optional(
      fields(
        { name: words('Its name, as origin.'), url: words('Its address, without password.') },
        'Its remote.',
      ),
    ),
  },
  'The repository that the playbook lies in.',
)

const Saved = fields(
  {
    file: words('The file, as it was named.'),
    time: words('When the plan was made: RFC 3339, UTC.'),
    user: words('Who made it.'),
    version: words('Of the drover that made it.'),
    rev: Type.Optional(words('The commit that the files are taken from.')),
    git: Type.Optional(Git),
    applied: list(
      'The times that it was applied from this folder, the first one first.',
      fields(
        {
          time: Type.Optional(words('When: RFC 3339, UTC.')),
          user: Type.Optional(words('Who did it.')),
          run: Type.Optional(words('The id of the run.')),
        },
        'One of them; empty where its record cannot be read.',
      ),
    ),
    partial: number('Nodes of which what differs by host was too much to be kept.'),
  },
  'Of a saved plan: where it comes from. Only drover show tells it.',
)

const head = {
  v: only(1, 'Version of this format. Refuse a number that you do not know.'),
  name: words('Name of the playbook.'),
  file: words("The playbook's file as it was named."),
  hosts: list('All hosts that a step runs on or is delegated to, in the order of the inventory.'),
}

const body = (group: ReturnType<typeof fields>, hidden: string) => ({
  nodes: number('How many nodes there are; a node is one step on one host.'),
  max_failures: Type.Optional(number('Hosts that may fail before nothing new starts; absent: any number.')),
  semaphores: Type.Unsafe<Readonly<Record<string, number>>>({
    type: 'object',
    description: 'Named semaphores and their permits.',
    additionalProperties: { type: 'integer', minimum: 1, description: 'Its permits.' },
  }),
  groups: list('Groups, included files and loops.', Group),
  steps: list('The steps in their order.', step(group, hidden)),
})

const FACTS = 'drover added the step by itself, to gather facts.'

const Offline = fields(
  { ...head, connected: only(false, 'No host was asked.'), ...body(OfflineGroup, FACTS) },
  'What would be sent, as far as that is known without asking a host.',
)

const Connected = fields(
  {
    ...head,
    connected: only(true, 'The hosts were asked what they have.'),
    counts: Counts,
    unreachable: list('Hosts that could not be asked.', Unreachable),
    git: Type.Optional(Git),
    saved: Type.Optional(Saved),
    ...body(ConnectedGroup, `${FACTS} It has no groups: it ran.`),
  },
  'What would change.',
)

export const PreviewSchema = Type.Union([Offline, Connected], {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'drover preview',
  description:
    'The output of drover plan --format json and drover show --format json: one document. New fields may be added under the same v; a change of what exists raises it.',
  $defs: { action: Action, failure: Failure, finding: Finding, result: Result },
})
