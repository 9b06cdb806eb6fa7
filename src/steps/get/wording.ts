import type { Failure } from '../../model/errors.ts'
import { failureOf } from '../result.ts'

/** Why a get's script got nothing at all, for people. `words` is the last line that a tool of the host said. */
export function getFailure(problem: string, src: string, words: string): Failure {
  const name = JSON.stringify(src)
  const said = words === '' ? '' : `: ${words}`
  const remote = (message: string, hint?: string) => failureOf('remote_file', message, hint)
  switch (problem) {
    case 'missing':
      return remote(`nothing on the host is or matches ${name}${said}`)
    case 'dangling':
      return remote(`${name} on the host is a symbolic link that leads nowhere`)
    case 'special':
      return remote(
        `${name} on the host is a device, pipe or socket`,
        'only files and folders can be fetched',
      )
    case 'nameless':
      return remote(`the folder ${name} has no name to land under`, 'write the name of the folder itself')
    case 'denied':
      return remote(`can't read ${name} on the host${said}`)
    case 'no-sha':
      return remote(
        'the host has no tool for SHA-256, so what comes from it cannot be verified',
        'install sha256sum, shasum, sha256 or openssl',
      )
    case 'no-tar':
      return remote('the host has no tar, which folders and patterns need', 'install tar')
    default:
      return remote(`can't get ${name} (${problem})${said}`)
  }
}
