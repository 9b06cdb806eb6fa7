import { describe, expect, test } from 'vitest'
import { checkCondition } from '../../src/expr/check-condition.ts'
import { checkSetting } from '../../src/expr/check-setting.ts'
import { checkTemplate } from '../../src/expr/check-template.ts'
import type { Language } from '../../src/expr/environment.ts'
import { evaluateTemplate } from '../../src/expr/evaluate-value.ts'
import { evaluateCondition, renderTemplate, sketchTemplate } from '../../src/expr/render-template.ts'
import type { Scope } from '../../src/expr/scope.ts'
import type { Value } from '../../src/model/value.ts'
import { depends, language, num, oneStep, param, result, scope, setting, text, vars } from './world.ts'

const VARS: Record<string, Value> = {
  port: num('8080'),
  ratio: num('1.5'),
  version: num('1.10'),
  day: num('2024-01-01'),
  id: num('12345678901234567890'),
  name: 'app',
  on: true,
  list: ['a', 'b'],
  app: { host: 'h', port: num('1') },
  items: [{ name: 'x', port: num('1') }],
  next: '${{ vars.port + 1 }}',
  again: '${{ vars.next + 1 }}',
}

const STEPS = new Map([
  ['a', 'step'],
  ['l', 'loop'],
  ['g', 'group'],
] as const)

const LANGUAGE = language({ vars: vars(VARS), steps: STEPS })

function problems(source: string, where: Language = LANGUAGE, kind: 'plain' | 'shell' = 'plain'): string {
  const checked = checkTemplate(text(`\${{ ${source} }}`), kind, where, depends)
  return checked.problems
    .map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`))
    .join('; ')
}

const VALUES = { ...VARS, next: num('8081'), again: num('8082') }

function render(source: string, more: Partial<Scope> = {}, where = LANGUAGE): string {
  expect(problems(source, where)).toBe('')
  const { template } = checkTemplate(text(`\${{ ${source} }}`), 'plain', where, depends)
  const rendered = renderTemplate(template, where, scope({ vars: VALUES, ...more }))
  return typeof rendered === 'string' ? rendered : `error: ${rendered.message}`
}

const ran = (stdout: string): Partial<Scope> => ({
  step: id => (id === 'a' ? oneStep(result(stdout)) : undefined),
})

describe('values', () => {
  test.each([
    ['vars.port + 1', '8081'],
    ['vars.version', '1.10'],
    ['vars.day', '2024-01-01'],
    ['vars.id', '12345678901234567890'],
    ['vars.ratio * 2.0', '3'],
    ['vars.app.port + 1', '2'],
    ['vars.items[0].port + 1', '2'],
    ['vars.again + 1', '8083'],
    ['default(vars.app.none, "x")', 'x'],
    ['default(env.NONE, "x")', 'x'],
    ['default(host.vars.none, "x")', 'x'],
    ['env.HOME', '/root'],
    ['groups.web.join(",")', 'web1,web2'],
    ['host.name in groups["web"] ? "in" : "out"', 'in'],
    ['json(vars.app)', '{"host":"h","port":1}'],
    ['json([vars.version, "ä"])', '[1.1,"ä"]'],
    ['json(vars.version)', '1.10'],
    ['base64("ä")', 'w6Q='],
    ['base64_decode("w6Q=")', 'ä'],
    ['sha256("")', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['path.join("/opt", "a", "../b")', '/opt/b'],
    [
      'path.ext("a/b.tar.gz") + path.stem("a/b.tar.gz") + path.dirname("a/b") + path.basename("a/b")',
      '.gzb.tarab',
    ],
    ['regex.find("v1.2.3", "v([0-9]+)")', '1'],
    ['regex.find_all("a1b22", "[0-9]+").join(",")', '1,22'],
    ['regex.replace("a-b", "(a)-(b)", "\\\\2-\\\\1")', 'b-a'],
    ['regex.matches("abc", "^b") ? "y" : "n"', 'n'],
    ['"abc".matches("b") ? "y" : "n"', 'y'],
    ['lookup({"a": 1}, "b", 2)', '2'],
    ['lookup({"a": 1}, "b", "none")', 'none'],
    ['lookup({"a": [1], "b": {"c": 1}}, "d", "none")', 'none'],
    ['lookup(vars.app, "host", "x")', 'h'],
    ['default(regex.find("a", "b"), "none")', 'none'],
  ])('%s is %s', (source, expected) => {
    expect(render(source)).toBe(expected)
  })

  test('a regular expression that would take for ever elsewhere is quick', () => {
    expect(render(`"${'a'.repeat(2000)}b".matches("^(a+)+$") ? "y" : "n"`)).toBe('n')
  })
})

describe('what is wrong is told before', () => {
  test.each([
    ['vars.port + 1.5', 'int + double', 'double(x)'],
    ['vars.port + "1"', 'int + string', 'string(x)'],
    ['vars.name == 1', 'string == int', 'int(x)'],
    ['vars.app.port + "1"', 'int + string', 'string(x)'],
    ['vars.items[0].prot', 'no key "prot"', 'did you mean "port"'],
    ['vars.next + "1"', 'int + string', 'string(x)'],
    ['vars.app.prot', 'no key "prot"', 'did you mean "port"'],
    ['steps.b.stdout', 'there is no step "b"', ''],
    ['steps.a.stdot', 'no field "stdot"', 'did you mean "stdout"'],
    ['steps.l.stdout', 'runs for several items', 'steps.l.items[0].stdout'],
    ['steps.g.stdout', 'is a group', 'changed'],
    ['steps.a', 'steps.a needs a field', 'stdout'],
    ['steps.a.on', 'needs the name of a host', 'on["db1"]'],
    ['steps["a" + "b"].stdout', 'cannot be computed', ''],
    ['facts.memory', 'facts has no field "memory"', 'memory_mb'],
    ['facts.os.idd', 'facts.os has no field "idd"', 'did you mean "id"'],
    ['item', 'item only exists in a step with for_each', ''],
    ['result.stdout', 'only exists in until', ''],
    ['secrets.x', 'does not exist in a file that others use', ''],
    ['params.x', 'there is no parameter "x"', 'a playbook has vars'],
    ['port', 'there is no name "port"', 'vars.port'],
    ['stdout', 'there is no name "stdout"', 'steps.ID.stdout'],
    ['"a".matches("(")', 'regular expression is wrong', ''],
    ['regex.find("a", "[")', 'regular expression is wrong', ''],
    ['file(steps.a.stdout)', 'must be known before', ''],
    ['cel.bind(x, 1, x)', 'no method "bind"', ''],
    ['raw("x")', 'only means something in shell text', ''],
    ['vars.list', 'list<string> cannot stand in text', 'join'],
  ])('%s: %s (%s)', (source, message, hint) => {
    expect(problems(source)).toContain(message)
    expect(problems(source)).toContain(hint)
  })

  test('an include has no vars', () => {
    const include = language({ isInclude: true, params: [param('port', { kind: 'integer' })] })
    expect(problems('vars.port', include)).toContain('did you mean "params.port"')
    expect(problems('params.port + "x"', include)).toContain('int + string')
    expect(problems('params.prt', include)).toContain('did you mean "port"')
  })

  test('conditions', () => {
    const told = (source: string) =>
      checkCondition(text(source), LANGUAGE, depends)
        .problems.map(({ message, hint }) => `${message} (${hint})`)
        .join()
    expect(told('true')).toBe('')
    expect(told('steps.a.changed && vars.port > 1')).toBe('')
    expect(told('vars.name')).toContain('vars.name == "…"')
    expect(told('vars.port')).toContain('this is an int')
    expect(told('${{ vars.on }}')).toContain('write it without ${{ }}: vars.on')
  })
})

describe('results', () => {
  test.each([
    ['steps.a.stdout', 'x\ny\n\n', 'x\ny'],
    ['steps.a.lines[1]', 'x\ny\n', 'y'],
    ['string(size(steps.a.lines))', '', '0'],
    ['steps.a.json.v', '{"v": 1.10}', '1.10'],
    ['steps.a.json.v + 1', '{"v": 1}', '2'],
    ['steps.a.json.v', '{"v": ', 'error: the output of steps.a is no JSON'],
    ['steps.a.json.w', '{"v": 1}', 'error: steps.a.json.w has no value'],
    ['default(steps.a.json.w, "d")', '{"v": 1}', 'd'],
    ['steps.a.exit_code + 1', '', '1'],
    ['steps.a.changed', '', 'true'],
    ['string(steps.a.duration > 1.0)', '', 'true'],
    ['steps.a.json', '['.repeat(200), 'error: the JSON of steps.a is nested too deeply'],
    ['steps.a.lines.filter(l, l != "x").join("")', 'x\ny', 'y'],
  ])('%s of %j is %j', (source, stdout, expected) => {
    expect(render(source, ran(stdout))).toBe(expected)
  })

  test('a step that did not run has an outcome and no output', () => {
    const skipped: Partial<Scope> = { step: () => oneStep({ outcome: 'skipped' }) }
    expect(render('steps.a.stdout', skipped)).toBe(
      'error: steps.a.stdout has no value: the step did not run (skipped)',
    )
    expect(render('default(steps.a.stdout, "none")', skipped)).toBe('none')
    expect(render('default(steps.a.stdout + "x", "none")', skipped)).toBe('none')
    expect(render('has(steps.a.stdout) ? "y" : "n"', skipped)).toBe('n')
    expect(render('has(steps.a.stdout) ? "y" : "n"', ran('x'))).toBe('y')
    expect(render('steps.a.skipped', skipped)).toBe('true')
    expect(render('string(steps.a.changed) + steps.a.outcome', skipped)).toBe('falseskipped')
  })

  test('other hosts, loops, groups', () => {
    const steps: Partial<Scope> = {
      step: id => {
        if (id === 'a') return oneStep(undefined, { db1: result('d\n') })
        const views = [result('1', { outcome: 'ok' }), result('2', { outcome: 'failed' })]
        return id === 'l' ? { kind: 'loop', items: views } : { kind: 'group', members: views }
      },
    }
    expect(render('steps.a.on["db1"].stdout', steps)).toBe('d')
    expect(render('steps.a.on["db" + "1"].stdout', steps)).toBe('d')
    expect(render('default(steps.a.on["db2"].stdout, "none")', steps)).toBe('none')
    expect(render('steps.l.items.map(i, i.stdout).join()', steps)).toBe('12')
    expect(render('steps.l.items[1].stdout', steps)).toBe('2')
    expect(render('steps.l.outcome + string(steps.l.failed) + string(steps.g.duration)', steps)).toBe(
      'failedtrue3',
    )
  })

  test('going through too many items ends', () => {
    const many = ran('x\n'.repeat(3000))
    expect(render('string(steps.a.lines.all(x, steps.a.lines.all(y, x == y)))', many)).toContain(
      '1000000 items',
    )
  })

  test('what only the run knows: decided where that is possible, else told', () => {
    const ask = (source: string) => {
      const { expr, problems: told } = checkCondition(text(source), LANGUAGE, depends)
      expect(told).toEqual([])
      return evaluateCondition(expr, LANGUAGE, scope({ vars: VALUES }))
    }
    expect(ask('steps.a.changed && vars.port < 1')).toBe(false)
    expect(ask('steps.a.changed || vars.port > 1')).toBe(true)
    expect(ask('steps.a.changed')).toMatchObject({
      message: 'steps.a is only known during the run',
      unknown: true,
    })
    const { template } = checkTemplate(
      text("echo '${{ steps.a.stdout }}' ${{ vars.name }}"),
      'shell',
      LANGUAGE,
      depends,
    )
    expect(sketchTemplate(template, LANGUAGE, scope({ vars: VALUES }))).toBe(
      "echo '${{ steps.a.stdout }}' 'app'",
    )
  })
})

test.each([
  ['host.vars.rack', 14],
  ['host.vars["rack"] + "x"', 17],
  ['host', 4],
])('the place of a reference is all of it: %s', (source, length) => {
  const { references } = checkTemplate(text(`\${{ ${source} }}`), 'plain', LANGUAGE, depends)
  expect(references[0]?.where).toMatchObject({ col: 5, length })
})

describe('values of any form', () => {
  test('one expression keeps its type, and what is written stays as written', () => {
    const given: Value = {
      a: '${{ vars.port + 1 }}',
      b: ['${{ vars.version }}', 'x${{ vars.port }}'],
      c: '${{ vars.list }}',
    }
    const { value, type, problems: told } = checkSetting(setting(given), LANGUAGE, depends)
    expect([told, type]).toEqual([[], 'map<string, dyn>'])
    expect(evaluateTemplate(value, LANGUAGE, scope({ vars: VALUES }))).toEqual({
      value: { a: num('8081'), b: [num('1.10'), 'x8080'], c: ['a', 'b'] },
    })
    expect(checkSetting(setting('${{ vars.list }}'), LANGUAGE, depends).type).toBe('list<string>')
    expect(checkSetting(setting('${{ vars.again }}'), LANGUAGE, depends).type).toBe('int')
  })

  test('items are typed', () => {
    const { shape } = checkSetting(
      setting(['${{ vars.items }}', [{ name: 'y', port: num('2') }]]),
      LANGUAGE,
      depends,
    )
    const item = shape.kind === 'list' && shape.items.kind === 'list' ? shape.items.items : undefined
    const inside = LANGUAGE.within({ item: item ?? 'dyn' })
    expect(problems('item.prot', inside)).toContain('did you mean "port"')
    expect(problems('item.port + "x"', inside)).toContain('int + string')
    expect(LANGUAGE.within({ item: 'int' })).toBe(LANGUAGE.within({ item: 'int' }))
    expect(render('item + 1', { item: num('2') }, LANGUAGE.within({ item: 'int' }))).toBe('3')
  })
})

describe('lists in shell text', () => {
  const shell = (script: string, list: Value) => {
    const { template, problems: told } = checkTemplate(text(script), 'shell', LANGUAGE, depends)
    if (told.length > 0) return told.map(({ message }) => message).join()
    return renderTemplate(template, LANGUAGE, scope({ vars: { ...VALUES, list } }))
  }
  test.each([
    ['apt-get install ${{ vars.list }}', "apt-get install 'a b' 'c'"],
    ['for x in ${{ vars.list }}; do :; done', "for x in 'a b' 'c'; do :; done"],
    ['echo ${{ raw(quote(vars.list)) }}', "echo 'a b' 'c'"],
    ['echo "${{ vars.list }}"', 'a list cannot stand inside of quotes'],
    ['echo x${{ vars.list }}', 'a list stands for several words, and this one touches what is beside it'],
    ['X=${{ vars.list }}', 'a list stands for several words, and this one touches what is beside it'],
    [
      'echo ${{ vars.list }}${{ vars.list }}',
      'a list stands for several words, and this one touches what is beside it,a list stands for several words, and this one touches what is beside it',
    ],
    ['echo ${{ quote(vars.name) }}', 'values are quoted in shell text, and this one would be so twice'],
    ['echo ${{ vars.items }}', 'a list of maps cannot stand in shell text'],
  ])('%s', (script, expected) => {
    expect(shell(script, ['a b', 'c'])).toBe(expected)
  })

  test('an empty list is no word', () => {
    expect(shell('echo ${{ vars.list }} x', [])).toBe('echo  x')
  })
})
