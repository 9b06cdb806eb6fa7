import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drover, endsOf, outcomesOf } from './drover.ts'
import { workFolder } from './work-folder.ts'

// A value is data wherever it comes from and wherever it goes: it arrives as it is, and nothing in it is ever run,
// expanded or evaluated. What any of them would do if it were is to make a file beside the playbook.

const HARM = 'touch "$HOME/canary"'
const VALUES: readonly string[] = [
  `'; ${HARM}; '`,
  `"; ${HARM}; "`,
  `$(${HARM})`,
  `\`${HARM}\``,
  `\n${HARM}\n#`,
  `x\n'\n"\n${HARM}\nEOF\n${HARM}\n`.trim(),
  `\\'; ${HARM}; \\"`,
  `\${IFS+$(${HARM})}`,
  `a[$(${HARM})]`,
  `&& ${HARM} || ${HARM} & ${HARM} |`,
  `) ; ${HARM} ; (`,
  `%s%n%d \\x41 \\101`,
  '-rf',
  '--',
  '-e touch canary',
  '*',
  '?[a-z]*/../*',
  '~',
  '~root',
  '!!',
  '# comment',
  '${{ vars.secret }}',
  "${{ 'a' + 'b' }}",
  '$${{ x }} }} ${{',
  '{{ x }} {% raw %}',
  '$HOME $$ $! $0 $@ ${x@Q}',
  ' leading and trailing ',
  '\ttabs\t',
  'ünïcödé 日本 \u202e rtl \u{1f600}',
  '\u0001\u001b[31m\u007f\u0085',
  'a\rb',
  'x'.repeat(8_000),
  '__proto__',
  '007',
  '1e3',
  'null',
  'true',
]

/** As JSON and YAML have it. */
const json = (value: unknown) =>
  JSON.stringify(value).replace(/[\u007f-\u009f]/g, char => `\\u00${char.charCodeAt(0).toString(16)}`)
/** The same where expressions are looked for. */
const literal = (value: unknown) => json(value).replace(/\$+\{\{/g, mark => `$${mark}`)
const CANARY = 'canary'

/** The working folder with an inventory of this machine alone, that has the values as a variable of its own. */
function project(): string {
  const folder = workFolder()
  writeFileSync(join(folder, 'hosts.ini'), 'h1 ansible_connection=local\n')
  mkdirSync(join(folder, 'host_vars'))
  writeFileSync(join(folder, 'host_vars', 'h1.yml'), `from_host: ${json(VALUES)}\n`)
  writeFileSync(join(folder, 'extra.json'), json({ from_e: VALUES }))
  writeFileSync(join(folder, 'values.json'), json(VALUES))
  writeFileSync(join(folder, 'list.tmpl'), '${{ for v in vars.all }}\n<${{ v }}>\n${{ end }}\n')
  writeFileSync(
    join(folder, 'take.yml'),
    `params: { v: { type: string }, out: { type: string } }
steps:
  - run: printf %s \${{ params.v }} > \${{ params.out }}
`,
  )
  mkdirSync(join(folder, 'out'))
  return folder
}

async function apply(folder: string, steps: string, head = '', ...args: string[]) {
  writeFileSync(join(folder, 'play.yml'), `hosts: all\n${head}steps:\n${steps}`)
  return drover(['apply', 'play.yml', '--yes', '--format', 'json', ...args], {
    cwd: folder,
    env: { DROVER_TEST_VALUE: VALUES[0] ?? '' },
  })
}

/** What the files of a folder hold, by their numbers. */
function read(folder: string, name: string): string[] {
  const files = readdirSync(join(folder, 'out')).filter(file => file.startsWith(`${name}-`))
  const at = (file: string) => Number(file.slice(name.length + 1))
  return files.toSorted((a, b) => at(a) - at(b)).map(file => readFileSync(join(folder, 'out', file), 'utf8'))
}

const INDEXED = '${{ vars.at.map(i, {"at": i, "value": LIST[i]}) }}'
const HEAD = `vars: { all: ${literal(VALUES)}, from_e: [], at: ${json(VALUES.map((_, at) => at))}, out: out, secret: s3 }\n`

/** A step for each value of a list. */
const each = (list: string, rest: string) =>
  `  - for_each: ${json(INDEXED.replace('LIST', list))}\n    parallel: 8\n${rest}`

describe('sources, in shell text', () => {
  test.each([
    ['vars', 'vars.all', []],
    ['the inventory', 'host.vars.from_host', []],
    ['-e', 'vars.from_e', ['-e', '@extra.json']],
  ])('%s', async (_, list, args) => {
    const folder = project()
    const script = 'printf %s ${{ item.value }} > ${{ env.HOME }}/out/v-${{ item.at }}'
    const finished = await apply(folder, each(list, `    run: ${json(script)}\n`), HEAD, ...args)
    expect(finished.status, finished.stdout + finished.stderr).toBe(0)
    expect(read(folder, 'v')).toEqual(VALUES)
    expect(existsSync(join(folder, CANARY))).toBe(false)
  })

  test('output of a host, as JSON and as text', async () => {
    const folder = project()
    const run = VALUES.map((_, at) =>
      [
        `  - run: printf %s \${{ steps.said.json[${at}] }} > "$HOME/out/j-${at}"`,
        `    needs: [said]`,
        `  - { id: one_${at}, run: "cat $HOME/one-${at}", read_only: true, needs: [] }`,
        `  - run: printf %s "\${{ steps.one_${at}.stdout }}" > "$HOME/out/t-${at}"`,
        '    needs: []',
      ].join('\n'),
    )
    for (const [at, value] of VALUES.entries()) writeFileSync(join(folder, `one-${at}`), value)
    const finished = await apply(
      folder,
      `  - { id: said, run: "cat $HOME/values.json", read_only: true }\n${run.join('\n')}\n`,
    )
    expect(finished.status, finished.stdout + finished.stderr).toBe(0)
    expect(read(folder, 'j')).toEqual(VALUES)
    expect(read(folder, 't')).toEqual(VALUES.map(value => value.replace(/\n+$/, '')))
    expect(existsSync(join(folder, CANARY))).toBe(false)
  })

  test('keys of maps, params, env and file()', async () => {
    const folder = project()
    const names = VALUES.filter(value => !value.includes('${{'))
    const map = Object.fromEntries(names.map((value, at) => [value, String(at)]))
    const finished = await apply(
      folder,
      `  - for_each: ${json(map)}
    parallel: 8
    run: printf %s \${{ item.key }} > "$HOME/out/k-\${{ item.value }}"
  - for_each: ${json(INDEXED.replace('LIST', 'vars.all'))}
    parallel: 8
    use: ./take.yml
    with: { v: "\${{ item.value }}", out: "\${{ env.HOME }}/out/p-\${{ item.at }}" }
  - run: printf %s \${{ env.DROVER_TEST_VALUE }} > "$HOME/out/e-0"
  - run: printf %s \${{ file("values.json") }} > "$HOME/out/f-0"
`,
      HEAD,
    )
    expect(finished.status, finished.stdout + finished.stderr).toBe(0)
    expect(read(folder, 'k')).toEqual(names)
    expect(read(folder, 'p')).toEqual(VALUES)
    expect(read(folder, 'e')).toEqual([VALUES[0]])
    expect(read(folder, 'f')).toEqual([json(VALUES)])
    expect(existsSync(join(folder, CANARY))).toBe(false)
  })
})

describe('sinks', () => {
  test('quotes of all kinds, environment, input, guards, content', async () => {
    const folder = project()
    const out = (name: string) => `"$HOME/out/${name}-\${{ item.at }}"`
    const finished = await apply(
      folder,
      each(
        'vars.all',
        `    steps:
      - run: |
          printf %s \${{ item.value }} > ${out('bare')}
          printf %s '\${{ item.value }}' > ${out('single')}
          printf %s "\${{ item.value }}" > ${out('double')}
          printf %s "a\${{ item.value }}"'b\${{ item.value }}'c\${{ item.value }} > ${out('mixed')}
          X=\${{ item.value }} Y="\${{ item.value }}"
          printf %s "$X" > ${out('set')}
          export Z=\${{ item.value }}
          printf %s "$(printf %s \${{ item.value }}; echo .)" > ${out('inner')}
          set -- \${{ item.value }} "\${{ item.value }}"
          printf %s "$#$2" > ${out('args')}
          case \${{ item.value }} in \${{ item.value }}) printf yes > ${out('case')};; esac
          [ \${{ item.value }} = "$Z" ] && printf yes > ${out('test')}
      - run: printf %s "$V" > ${out('env')}
        env: { V: "\${{ item.value }}" }
      - run: cat > ${out('stdin')}
        stdin: \${{ item.value }}
      - run: touch ${out('unless')}
        unless: test \${{ item.value }} != "x\${{ item.value }}"
      - run: touch ${out('onlyif')}
        only_if: test '\${{ item.value }}' != "\${{ item.value }}"
      - put: { content: "\${{ item.value }}", dest: "\${{ env.HOME }}/out/content-\${{ item.at }}" }
      - { id: probe, run: "printf '\\"%s\\"' x", read_only: true, changed_when: 'result.stdout == item.value', failed_when: 'result.stdout == item.value + "\\u0000"' }
      - assert: { that: 'item.value == item.value + ""', message: "\${{ item.value }}" }
`,
      ),
      HEAD,
    )
    expect(finished.status, finished.stdout.slice(-4000) + finished.stderr).toBe(0)
    for (const name of ['bare', 'single', 'double', 'set', 'env', 'stdin', 'content'])
      expect(read(folder, name), name).toEqual(VALUES)
    expect(read(folder, 'mixed')).toEqual(VALUES.map(value => `a${value}b${value}c${value}`))
    expect(read(folder, 'inner')).toEqual(VALUES.map(value => `${value}.`))
    expect(read(folder, 'args')).toEqual(VALUES.map(value => `2${value}`))
    expect(read(folder, 'case')).toEqual(VALUES.map(() => 'yes'))
    expect(read(folder, 'test')).toEqual(VALUES.map(() => 'yes'))
    expect(read(folder, 'unless')).toEqual([])
    expect(read(folder, 'onlyif')).toEqual([])
    expect(existsSync(join(folder, CANARY))).toBe(false)
  })

  test('remote paths and working folders', async () => {
    const folder = project()
    const names = VALUES.filter(value => value.length < 200).map(value => value.replaceAll('/', '_'))
    const list = json(INDEXED.replace('LIST', 'vars.names'))
    const head = `vars: { names: ${literal(names)}, at: ${json(names.map((_, at) => at))} }\n`
    const finished = await apply(
      folder,
      `  - run: mkdir "$HOME/far"
  - for_each: ${list}
    parallel: 4
    steps:
      - run: mkdir \${{ env.HOME + "/far/" + item.value }}
        creates: \${{ env.HOME }}/far/\${{ item.value }}
        writes: ["\${{ env.HOME }}/far/\${{ item.value }}"]
        may_overlap: true # some of the names are globs
      - put: { content: "\${{ item.at }}", dest: "\${{ env.HOME }}/far/\${{ item.value }}/\${{ item.value }}" }
      - run: cp ./\${{ item.value }} "$HOME/out/c-\${{ item.at }}"
        cwd: \${{ env.HOME }}/far/\${{ item.value }}
      - run: touch "$HOME/out/twice-\${{ item.at }}"
        creates: \${{ env.HOME }}/far/\${{ item.value }}
      - run: rm -- ./\${{ item.value }}
        cwd: \${{ env.HOME }}/far/\${{ item.value }}
        removes: \${{ item.value }}
`,
      head,
    )
    expect(finished.status, finished.stdout.slice(-4000) + finished.stderr).toBe(0)
    expect(read(folder, 'c')).toEqual(names.map((_, at) => String(at)))
    expect(read(folder, 'twice')).toEqual([])
    const left = readdirSync(join(folder, 'far'))
    expect(new Set(left)).toEqual(new Set(names))
    for (const name of names) expect(readdirSync(join(folder, 'far', name))).toEqual([])
    expect(existsSync(join(folder, CANARY))).toBe(false)
  })

  test('templates', async () => {
    const folder = project()
    const finished = await apply(
      folder,
      '  - put: { template: list.tmpl, dest: "${{ env.HOME }}/out/list-0" }\n',
      HEAD,
    )
    expect(finished.status, finished.stdout + finished.stderr).toBe(0)
    expect(read(folder, 'list')[0]).toBe(VALUES.map(value => `<${value}>\n`).join(''))
  })

  test('modes, owners, users to become and hosts to delegate to are refused where they are none', async () => {
    for (const [at, value] of VALUES.entries()) {
      if (value === '__proto__' || value === 'true' || value === 'null') continue
      const folder = project()
      writeFileSync(join(folder, 'v'), value)
      const finished = await apply(
        folder,
        `  - { id: said, run: "cat $HOME/v", read_only: true }
  - { id: m, put: { content: a, dest: "$HOME/m", mode: "\${{ steps.said.stdout }}" }, needs: [said] }
  - { id: o, put: { content: a, dest: "$HOME/o", owner: "\${{ steps.said.stdout }}" }, needs: [said] }
  - { id: g, put: { content: a, dest: "$HOME/g", group: "\${{ steps.said.stdout }}" }, needs: [said] }
  - { id: b, run: touch canary, become: "\${{ steps.said.stdout }}", needs: [said] }
`,
      )
      const outcomes = outcomesOf(finished)
      const words = ['h1 m', 'h1 o', 'h1 g', 'h1 b'].map(node => outcomes[node])
      if (!/^[0-7]{3,4}$/.test(value)) expect(words[0], value).toBe('failed')
      expect(words.slice(1), `${at} ${value} ${json(endsOf(finished))}`).toEqual([
        'failed',
        'failed',
        'failed',
      ])
      expect(existsSync(join(folder, CANARY))).toBe(false)
      expect(existsSync(join(folder, 'canary'))).toBe(false)
      if (at > 4) break
    }
  }, 60_000)
})
