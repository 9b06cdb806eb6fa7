import type { PutAction } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import { formatBytes } from './quantity.ts'
import { failureOf } from './result.ts'

/**
 * What a put's script could not do, for people. `report` is what followed `fail`: the problem and sometimes more;
 * `words` is the last line that a tool of the host said about it.
 */
export function putFailure(report: string, action: PutAction, size: number, words: string): Failure {
  const [problem = '', detail = ''] = report.split(/\s+/)
  const dest = JSON.stringify(action.dest)
  const said = words === '' ? '' : `: ${words}`
  const remote = (message: string, hint?: string) => failureOf('remote_file', message, hint)
  switch (problem) {
    case 'no-sha':
      return remote(
        'the host has no tool for SHA-256, so what is put there cannot be verified',
        'install sha256sum, shasum, sha256 or openssl',
      )
    case 'no-tar':
      return remote('the host has no tar, which folders need', 'install tar')
    case 'parent-missing':
      return remote(`the folder for ${dest} does not exist${said}`, '`parents: true` makes it')
    case 'parent-file':
      return remote(`what should be the folder for ${dest} is none`)
    case 'folder':
      return action.source.kind === 'content'
        ? remote(`${dest} is a folder`, 'write the name of a file after it')
        : remote(
            `a folder has the name of the file that goes to ${dest}`,
            'remove the folder, or use another name',
          )
    case 'special':
      return remote(`${dest} is a device, pipe or socket, and stays as it is`)
    case 'owner':
      return remote(`can't give ${dest} the owner ${JSON.stringify(action.owner ?? '')}${said}`)
    case 'group':
      return remote(`can't give ${dest} the group ${JSON.stringify(action.group ?? '')}${said}`)
    case 'keep':
      return remote(
        `can't keep the owner and group of ${dest}${said}`,
        'say which `owner` and `group` it shall have',
      )
    case 'mode':
      return remote(`can't set the mode of ${dest}${said}`)
    case 'verify': {
      const message = `${dest} did not arrive as it was sent: ${detail} of ${size} bytes, or other content`
      return failureOf('transfer_verify', message, 'nothing was changed; run the step again')
    }
    case 'not-folder':
      return remote(`${dest} is no folder`)
    case 'folder-made':
      return remote(`can't make a folder in ${dest}${said}`)
    case 'parents':
      return remote(`can't make the folder for ${dest}${said}`)
    case 'write':
      return remote(`can't write ${formatBytes(size)} beside ${dest}${said}`)
    case 'stage':
      return remote(
        `can't write in the folder of ${dest}${said}`,
        'a file is replaced as a whole, so the login must be able to write in its folder',
      )
    default:
      return remote(`can't put ${dest} (${problem})${said}`)
  }
}
