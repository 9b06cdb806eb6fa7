import type { Host } from '../model/host.ts'
import { secretForms } from './secret-forms.ts'

/** Takes the passwords of hosts' connections out of texts that come from files or hosts. */
export function maskingOf(hosts: readonly Host[]): (text: string) => string {
  const secrets = hosts.flatMap(({ connection }) => [
    connection.password,
    connection.passphrase,
    connection.become?.password,
  ])
  const values = new Set(secrets.flatMap(secret => secret?.reveal() ?? []))
  // The longest first: one may be part of another.
  const forms = [...new Set([...values].flatMap(secretForms))].sort((a, b) => b.length - a.length)
  const byStart = new Map<string, string[]>()
  for (const form of forms) {
    const start = form.slice(0, START)
    const others = byStart.get(start)
    if (others === undefined) byStart.set(start, [form])
    else others.push(form)
  }
  return byStart.size === 0 ? text => text : text => masked(text, byStart)
}

/** No form of a secret is shorter. In UTF-16 units. */
const START = 4

/** A fleet may have a password a host: the text is gone through once, however many there are. */
function masked(text: string, byStart: ReadonlyMap<string, readonly string[]>): string {
  let made = ''
  let done = 0
  for (let at = 0; at + START <= text.length; at++) {
    const found = byStart.get(text.slice(at, at + START))?.find(form => text.startsWith(form, at))
    if (found === undefined) continue
    made += `${text.slice(done, at)}***`
    done = at + found.length
    at = done - 1
  }
  return done === 0 ? text : made + text.slice(done)
}
