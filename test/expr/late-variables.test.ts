import { expect, test } from 'vitest'
import { checkTemplate } from '../../src/expr/check-template.ts'
import { renderTemplate } from '../../src/expr/render-template.ts'
import { Variables } from '../../src/expr/variables.ts'
import type { Value } from '../../src/model/value.ts'
import { HOST, language, num, scope, text, vars } from './world.ts'

const HOSTS = [HOST, { ...HOST, name: 'web2', vars: { workers: '9' } }]

function world(facts: (host: number) => Value | undefined) {
  const LANGUAGE = language({
    vars: vars({ workers: '${{ facts.cpus * 2 }}', half: '${{ vars.workers / 2 }}', fixed: num('1') }),
  })
  const around = { ...scope(), facts }
  const variables = new Variables(LANGUAGE, HOSTS, {}, around)
  const render = (source: string, host: number) => {
    const checked = checkTemplate(text(`\${{ ${source} }}`), 'plain', LANGUAGE, variables.depends)
    expect(checked.problems).toEqual([])
    const base = variables.scope(host)
    return renderTemplate(checked.template, LANGUAGE, base)
  }
  return { variables, render }
}

test('variables that take facts are worked out once those are there', () => {
  const { variables, render } = world(() => ({ cpus: num('4') }))
  expect(variables.problems).toEqual([])
  expect([render('vars.half + 1', 0), render('vars.half', 1), render('vars.workers', 1)]).toEqual([
    '5',
    '4',
    '9',
  ])
})

test('they are late, and take facts', () => {
  const { variables, render } = world(() => undefined)
  const reference = (name: string) => ({
    ...{ root: 'vars', path: [name], dynamic: false, optional: false },
    ...{ range: { start: 0, end: 1 }, keyRanges: [] },
  })
  expect(variables.depends(reference('half'))).toMatchObject({ perHost: true, late: true })
  expect(variables.depends(reference('fixed'))).toMatchObject({ perHost: false, late: false })
  expect([variables.needsFacts(reference('half')), variables.needsFacts(reference('fixed'))]).toEqual([
    true,
    false,
  ])
  expect(render('vars.half', 0)).toMatchObject({
    unknown: true,
    message: 'vars.half is only known during the run',
  })
})

test('a default that takes itself is told with its way', () => {
  const own = language({ vars: vars({ a: '${{ vars.b }}', b: '${{ vars.c }}', c: '${{ vars.a }}' }) })
  expect(new Variables(own, HOSTS, {}).problems.map(({ message }) => message)).toEqual([
    'the variable "a" refers to itself: a → b → c → a',
  ])
})
