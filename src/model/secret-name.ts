import { Secret } from './secret.ts'
import { type Value, WrittenNumber } from './value.ts'

/** A variable whose name ends in password, passwd, passphrase, or is or ends in the word pass or pwd (`ansible_ssh_pass`). */
const SECRET_NAME = /(?:^|[_.-])(?:pass|pwd)$|(?:password|passwd|passphrase)$/i

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** A variable's value under its name: passwords are kept where they cannot be shown by accident. */
export function secretOrValue(name: string, value: Value): Secret | Value {
  const text = isSecretName(name) ? textOf(value) : undefined
  return text === undefined ? value : new Secret(text)
}

/**
 * The passwords in a list or a map, at any depth: the texts and numbers under such names, and those of lists that have one.
 * @param name of the variable
 */
export function secretsWithin(name: string, value: Value | Secret): readonly Secret[] {
  if (value instanceof Secret) return []
  const kept = secretOrValue(name, value)
  if (kept instanceof Secret) return [kept]
  if (value === null || typeof value !== 'object' || WrittenNumber.is(value)) return []
  return Array.isArray(value)
    ? value.flatMap(item => secretsWithin(name, item))
    : Object.entries(value).flatMap(([key, inner]) => secretsWithin(key, inner))
}

function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value
  return WrittenNumber.is(value) ? value.text : undefined
}
