import type { Host } from '../model/host.ts'

/** Shorter secrets would take ordinary words out of texts. In UTF-16 units. */
const SHORTEST = 4

/** Takes the passwords of hosts' connections out of texts that come from files or hosts. */
export function maskingOf(hosts: readonly Host[]): (text: string) => string {
  const secrets = hosts.flatMap(({ connection }) => [
    connection.password,
    connection.passphrase,
    connection.become?.password,
  ])
  const whole = secrets.flatMap(secret => secret?.reveal() ?? [])
  // In a difference the lines of a text stand apart.
  const values = new Set([...whole, ...whole.flatMap(value => value.split('\n'))])
  // The longest first: one may be part of another.
  const known = [...values].filter(value => value.length >= SHORTEST).sort((a, b) => b.length - a.length)
  if (known.length === 0) return text => text
  return text => known.reduce((masked, value) => masked.replaceAll(value, '***'), text)
}
