import type { Reader } from './command-reads.ts'
import { ACCOUNTS } from './host-files.ts'
import type { Text } from './shell-text.ts'

/** Of the files below the folders it reads no contents, and follows no links. */
const ALONE = /^(?:-prune|-print0?|-depth|-mount|-xdev|-empty|-quit|-true|-false|-not|-a|-o|[!()])$/
const WITH_VALUE =
  /^-(?:i?name|i?path|type|perm|size|[mac](?:time|min)|uid|gid|maxdepth|mindepth|links|inum)$/
const WITH_ACCOUNT = /^-(?:user|group)$/
const WITH_FILE = /^-(?:newer|samefile)$/

/** The folders that it goes through, and files that it compares with. */
export const FIND: Reader = args => {
  const paths: Text[] = []
  const start = args.findIndex(word => word === undefined || !/^-[HP]$/.test(word))
  let at = start === -1 ? args.length : start
  for (; at < args.length && !/^[-!()]/.test(args[at] ?? '-'); at += 1) paths.push(args[at])
  if (paths.length === 0) paths.push('.')
  for (; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (ALONE.test(word)) continue
    at += 1
    if (at >= args.length) return 'anything'
    if (WITH_FILE.test(word)) paths.push(args[at])
    else if (WITH_ACCOUNT.test(word)) paths.push(...ACCOUNTS)
    else if (!WITH_VALUE.test(word)) return 'anything'
  }
  const known = paths.filter(path => path !== undefined)
  return known.length < paths.length ? 'anything' : { paths: known }
}
