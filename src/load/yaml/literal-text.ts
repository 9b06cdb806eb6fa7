const STRING = /^[uU]?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(?:#.*)?$/
/** A number, boolean, None, or a list or dict of such literals and strings, and a comment after it. */
const COMMENTED =
  /^([+-]?[\d._]+(?:[eE][+-]?\d+)?|True|False|None|[[({](?:'[^']*'|"[^"]*"|True|False|None|[\d\s,.:[\](){}+-])*[\])}])\s*#[^'"\])}]*$/
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/g

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * The text of a variable's value. Ansible reads a value as a Python literal if it is one; drover leaves values as
 * they are written, with two exceptions without which existing inventories would log in with the wrong password: a
 * value that is one quoted string loses its quotes, and a comment after a literal is not part of it. (A comment
 * after any other text is, for Ansible and so for drover.)
 */
export function literalText(value: string): string {
  const string = STRING.exec(value)?.[1]
  if (string !== undefined) return withoutEscapes(string.slice(1, -1))
  return COMMENTED.exec(value)?.[1] ?? value
}

function withoutEscapes(text: string): string {
  return text.replace(ESCAPE, (_, short?: string, byte?: string, unit?: string) => {
    if (short !== undefined) return ESCAPES[short] ?? short
    return String.fromCharCode(Number.parseInt(byte ?? unit ?? '0', 16))
  })
}
