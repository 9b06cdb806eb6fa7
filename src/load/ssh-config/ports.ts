import { readFileSync } from 'node:fs'
import { portNumber } from '../inventory/names.ts'

/** A port as OpenSSH takes it: a number from 1 to 65535, or a service of services(5), as `ssh` or `https`. */
export function portOf(text: string): number | undefined {
  const number = /^[ \t]*\+?(\d{1,20})$/.exec(text)?.[1]
  return number === undefined ? servicePort(text) : portNumber(number.replace(/^0+(?=\d)/, ''))
}

function servicePort(name: string): number | undefined {
  try {
    for (const line of readFileSync('/etc/services', 'utf8').split('\n')) {
      const [own, place = '', ...others] = (line.split('#', 1)[0] ?? '').split(/\s+/)
      const port = /^(\d+)\/tcp$/.exec(place)?.[1]
      if (port !== undefined && (own === name || others.includes(name))) return portNumber(port)
    }
  } catch {
    // Without the file no service has a name.
  }
  return undefined
}
