import { expect, test } from 'vitest'
import { cellCode, codeBlock, codeSpan, htmlCode } from '../../../src/render/diff/markdown-text.ts'

test.each([
  ['web1', '`web1`'],
  ['a`b', '``a`b``'],
  ['`a``', '``` `a`` ```'],
  ['a\nb', '`a\\nb`'],
  ['', '`  `'],
  ['@all <b>', '`@all <b>`'],
  ['\u202ex', '`\\u202ex`'],
])('%j in a line is %j', (text, span) => {
  expect(codeSpan(text)).toBe(span)
})

test('a bar does not end the cell of a table', () => {
  expect(cellCode('x["a|b"]')).toBe('`x["a\\|b"]`')
})

test('no line of a text ends its block', () => {
  const text = '```\n</details>\n`````` js\n~~~\n'
  expect(codeBlock(text, 'diff')).toBe(`\`\`\`\`\`\`\`diff\n${text}\`\`\`\`\`\`\``)
})

test('in HTML every sign of HTML and Markdown is a character of its own', () => {
  expect(htmlCode('<b>`@ann`&*x*')).toBe('<code>&#60;b&#62;&#96;&#64;ann&#96;&#38;&#42;x&#42;</code>')
})
