import fc from 'fast-check'

/** A playbook for hosts that each have a folder `${{ host.vars.dir }}`, and what lies in these folders at first. */
export interface RandomCase {
  readonly steps: readonly object[]
  /** Of each host: content by path; a path that ends with a slash is a folder, `-> x` a symbolic link. */
  readonly trees: readonly Readonly<Record<string, string>>[]
}

export const HOSTS = ['h0', 'h1', 'h2'] as const

/** Local sources of puts, relative to the playbook. */
export const LOCAL: Readonly<Record<string, string>> = {
  'src/one': 'one\n',
  'src/two.conf': 'two\n',
  'src/x.conf': 'one\n',
  'src/tree/a': 'one\n',
  'src/tree/d/x': 'two\n',
  'src/tree/new\nline': 'one\n',
}

const DIR = '${{ host.vars.dir }}'
const PATHS = [
  'a',
  'b',
  'd',
  'd/x',
  'd/y',
  'e/f/g',
  'link',
  'link/x',
  'dangling',
  'with space',
  '-dash',
] as const
const path = fc.constantFrom(...PATHS).map(name => `${DIR}/${name}`)
const text = fc.constantFrom('one\n', 'two\n', '')
const mode = fc.constantFrom('0600', '0644', '0755', '4750')

const tree = fc.record({
  files: fc.dictionary(fc.constantFrom('a', 'b', 'd/x', 'd/y', 'with space', '-dash', 'e'), text),
  links: fc.dictionary(
    fc.constantFrom('link', 'dangling', 'b'),
    fc.constantFrom('-> d', '-> a', '-> nowhere'),
  ),
  folders: fc.dictionary(fc.constantFrom('d/', 'e/f/', 'a/'), fc.constant('')),
})

const source = fc.oneof(
  text.map(content => ({ content })),
  fc.constantFrom('src/one', 'src/tree', 'src/tree/', 'src/*.conf').map(src => ({ src })),
)

const put = fc
  .record({
    source,
    path,
    slash: fc.boolean(),
    mode: fc.option(mode),
    parents: fc.boolean(),
    owner: fc.nat(5),
  })
  .map(({ source, path, slash, mode, parents, owner }) => {
    const isFile = 'content' in source || source.src === 'src/one'
    return {
      put: {
        ...source,
        dest: slash && !('content' in source) ? `${path}/` : path,
        ...(mode !== null && isFile ? { mode } : {}),
        ...(parents ? { parents } : {}),
        ...(owner === 0 ? { owner: 'root' } : owner === 1 ? { group: '0' } : {}),
      },
    }
  })

const quoted = path.map(name => `"${name}"`)

const test = fc.oneof(
  quoted.map(name => `test -e ${name}`),
  quoted.map(name => `grep -q one ${name}`),
  quoted.map(name => `[ -s ${name} ] && cat ${name}`),
  quoted.map(name => `wc -c < ${name}`),
  fc.constantFrom('true', 'false', 'exit 3', 'echo "$WORD"; false', 'if', 'no-such-program'),
)

const guards = fc.record(
  {
    creates: fc.oneof(path, fc.array(path, { minLength: 1, maxLength: 2 })),
    removes: path,
    unless: test,
    only_if: test,
  },
  { requiredKeys: [] },
)

const surroundings = fc.record(
  {
    env: fc.constant({ WORD: 'a "word"' }),
    cwd: fc.constantFrom(DIR, `${DIR}/d`, `${DIR}/nowhere`, '/'),
    shell: fc.constantFrom('bash', 'sh', 'no-such-shell'),
  },
  { requiredKeys: [] },
)

const run = fc
  .record({ quoted, path, guards, surroundings, writes: fc.boolean(), changed: fc.nat(8) })
  .map(({ quoted, path, guards, surroundings, writes, changed }) => ({
    run: `mkdir -p ${quoted}; echo ran >> "${DIR}/log"; rm -rf ${quoted}`,
    ...(writes ? { writes: [path, `${DIR}/*`] } : {}),
    ...(changed === 0
      ? { changed_when: 'false' }
      : changed === 1
        ? { changed_when: 'result.stdout != ""' }
        : {}),
    ...guards,
    ...surroundings,
  }))

const reading = fc
  .record({ quoted, surroundings })
  .map(({ quoted, surroundings }) => ({ run: `cat ${quoted}`, read_only: true, ...surroundings }))

const get = fc
  .record({ path, glob: fc.boolean() })
  .map(({ path, glob }) => ({ get: { src: glob ? `${path}*` : path, dest: 'fetched/' } }))

const loop = fc.record({ text }).map(({ text }) => ({
  for_each: ['a', 'd/x', 'd/z'],
  put: { content: text, dest: `${DIR}/\${{ item }}` },
}))

const kind = fc.oneof(
  { weight: 4, arbitrary: put },
  { weight: 4, arbitrary: run },
  { weight: 2, arbitrary: reading },
  { weight: 2, arbitrary: get },
  { weight: 1, arbitrary: loop },
)

const step = fc.record({
  kind,
  become: fc.nat(5),
  when: fc.constantFrom('', '', 'changed', 'stdout', 'facts'),
  needs: fc.constantFrom('default', 'default', 'nothing', 'all'),
  onFailure: fc.constantFrom('continue', 'continue', 'block'),
  hosts: fc.constantFrom<'all' | 'h0' | 'h1:h2'>('all', 'all', 'all', 'h0', 'h1:h2'),
  other: fc.nat(20),
})

export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 8 }),
    trees: fc.array(tree, { minLength: HOSTS.length, maxLength: HOSTS.length }),
  })
  .map(({ steps, trees }) => ({
    steps: steps.map(made => stepOf(made, steps)),
    trees: trees.map(({ files, links, folders }) => ({ ...folders, ...files, ...links })),
  }))

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function stepOf(made: Step, steps: readonly Step[]): object {
  const at = steps.indexOf(made)
  const earlier = at === 0 ? undefined : steps[made.other % at]
  const known = earlier !== undefined && (earlier.hosts === 'all' || earlier.hosts === made.hosts)
  return {
    id: `s${at}`,
    ...made.kind,
    hosts: made.hosts,
    on_failure: made.onFailure,
    may_overlap: true,
    ...(made.become === 0 ? { become: true } : {}),
    ...(made.needs === 'nothing' ? { needs: [] } : {}),
    ...(made.needs === 'all' && at > 0 ? { needs: [{ step: `s${at - 1}`, on: 'all' }] } : {}),
    ...conditionOf(made.when, known ? steps.indexOf(earlier) : undefined, earlier),
  }
}

function conditionOf(when: string, at: number | undefined, earlier: Step | undefined): object {
  if (when === 'facts') return { when: 'facts.cpus > 0' }
  if (at === undefined || when === '') return {}
  const hasOutput = earlier !== undefined && 'run' in earlier.kind
  if (when === 'stdout' && hasOutput) return { when: `default(steps.s${at}.stdout, "") == "one"` }
  return { when: `steps.s${at}.changed` }
}

/** How many nodes a step is. */
export function nodesOf(made: object): number {
  const hosts = { all: 3, h0: 1, 'h1:h2': 2 }[(made as Pick<Step, 'hosts'>).hosts] ?? 0
  return hosts * ('for_each' in made ? 3 : 1)
}
