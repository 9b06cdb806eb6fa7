import { describe, expect, test } from 'vitest'
import { checkTemplateFile } from '../../src/expr/check-template-file.ts'
import { renderTemplate, sketchTemplate } from '../../src/expr/render-template.ts'
import type { Value } from '../../src/model/value.ts'
import { depends, language, num, scope, text, vars } from './world.ts'

const VARS: Record<string, Value> = {
  ports: [num('80'), num('443')],
  users: { ann: num('1001'), bob: num('1002') },
  tls: true,
  name: "it's",
}
const LANGUAGE = language({ vars: vars(VARS), steps: new Map([['a', 'step']]) })

function problems(source: string): string[] {
  return checkTemplateFile(text(source), LANGUAGE, depends).problems.map(
    ({ message, where }) => `${where?.line}:${where?.col} ${message}`,
  )
}

function render(source: string): string {
  expect(problems(source)).toEqual([])
  const { template } = checkTemplateFile(text(source), LANGUAGE, depends)
  const rendered = renderTemplate(template, LANGUAGE, scope({ vars: VARS }))
  return typeof rendered === 'string' ? rendered : `error: ${rendered.message}`
}

describe('a template file', () => {
  test.each([
    ['name ${{ vars.name }}\n', "name it's\n"],
    ['no newline at the end', 'no newline at the end'],
    ['a\r\n${{ vars.tls }}\r\n', 'a\r\ntrue\r\n'],
    ['$${{ literal }} ${HOME} {{ jinja }}', '${{ literal }} ${HOME} {{ jinja }}'],
    ['${{ for p in vars.ports }}\nlisten ${{ p }};\n${{ end }}\n', 'listen 80;\nlisten 443;\n'],
    ['a\r\n  ${{ for p in vars.ports }}  \r\n${{ p + 1 }}\r\n${{ end }}\r\nz\r\n', 'a\r\n81\r\n444\r\nz\r\n'],
    ['${{ for u in vars.users }}${{ u.key }}=${{ u.value + 1 }} ${{ end }}', 'ann=1002 bob=1003 '],
    ['${{ if vars.tls }}\nyes\n${{ else }}\nno\n${{ end }}\n', 'yes\n'],
    ['${{ if !vars.tls }}a${{ elif vars.ports[0] == 80 }}b${{ else }}c${{ end }}', 'b'],
    ['${{ if !vars.tls }}a${{ end }}', ''],
    [
      '${{ for p in vars.ports }}\n${{ for q in vars.ports }}\n${{ p }}${{ q }}\n${{ end }}\n${{ end }}\n',
      '8080\n80443\n44380\n443443\n',
    ],
    ['x\n\n${{ if vars.tls }}\n\ny\n\n${{ end }}\n\nz', 'x\n\n\ny\n\n\nz'],
    ['x\n${{ if vars.tls }}\ny\n${{ end }}', 'x\ny\n'],
    ['${{ for p in vars.ports.filter(p, p > 100) }}${{ p }}${{ end }}', '443'],
  ])('%j gives %j', (source, expected) => {
    expect(render(source)).toBe(expected)
  })

  test.each([
    ['a\n${{ for x in vars.ports }}\n', '2:5 this block is not closed'],
    ['a\n  ${{ end }}\n', '2:7 this end closes nothing'],
    ['${{ if vars.tls }}${{ endif }}', '1:23 there is no block word "endif"'],
    ['${{ else }}', '1:5 else stands outside of an if'],
    ['${{ elseif vars.tls }}', '1:5 there is no block word "elseif"'],
    ['${{ fro x in vars.ports }}${{ x }}${{ end }}', '1:5 there is no block word "fro"'],
    ['${{ for x in vars.ports }}${{ x ', '1:27 this ${{ is not closed by }}'],
    [
      '${{ if vars.tls }}${{ else }}${{ elif vars.tls }}${{ end }}',
      '1:34 elif comes after the else of its if',
    ],
    ['${{ for x vars.ports }}${{ end }}', '1:5 for is written ${{ for x in list }}'],
    ['${{ for x in vars.prts }}${{ end }}', '1:19 there is no variable "prts"'],
    ['${{ for x in vars.name }}${{ end }}', '1:14 for goes through a list or a map, and this is a string'],
    [
      '${{ for x in vars.ports }}\n ${{ x + "a" }}${{ end }}',
      '2:6 these types do not go together: int + string',
    ],
    ['${{ for u in vars.users }}${{ u.kay }}${{ end }}', '1:33 u has no field "kay"'],
    [
      '${{ for vars in vars.ports }}${{ end }}',
      '1:17 "vars" has a meaning already: choose another name for the items',
    ],
    ['${{ if vars.name }}${{ end }}', '1:8 a condition is true or false, and this is a string'],
    ['${{ vars.ports }}', '1:5 a value of type list<int> cannot stand in text'],
    ['${{ x }}', '1:5 there is no name "x"'],
    ['${{ vars.tls', '1:1 this ${{ is not closed by }}'],
  ])('%j: %s', (source, expected) => {
    expect(problems(source)).toContain(expected)
  })

  test('what only the run knows stands in a sketch as it is written', () => {
    const source =
      '${{ for l in steps.a.lines }}${{ l }} ${{ vars.name }}\n${{ end }}${{ if facts.cpus > 1 }}a${{ else }}b${{ end }}'
    const { template, references } = checkTemplateFile(text(source), LANGUAGE, depends)
    expect(references.map(({ root }) => root)).toEqual(['steps', 'vars', 'facts'])
    expect(sketchTemplate(template, LANGUAGE, scope({ vars: VARS }))).toBe(
      source.replace('${{ vars.name }}', "it's"),
    )
  })
})
