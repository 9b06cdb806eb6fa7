import { inFolders } from './command-reads.ts'
import { TIME_ZONE } from './host-files.ts'

const DPKG_FILES = ['/var/lib/dpkg', '/etc/dpkg', '~/.dpkg.cfg'] as const

export const DPKG_QUERY = inFolders(DPKG_FILES, args =>
  args.every(word => /^(?:-[WlsLf]|-f=.*|--(?:show|list|status|showformat=.*)|[^-].*)$/s.test(word)),
)

export const DPKG = inFolders(DPKG_FILES, ([first = '', ...names]) => {
  return /^(?:-[slL]|--status|--list)$/.test(first) && names.every(word => !word.startsWith('-'))
})

export const RPM = inFolders(
  [
    ...['/var/lib/rpm', '/usr/lib/sysimage', '/usr/share/rpm'],
    ...['/etc/rpm', '/etc/rpmrc', '/usr/lib/rpm', '~/.rpmrc', '~/.rpmmacros', '~/.config/rpm'],
    ...TIME_ZONE,
  ],
  ([first = '', ...names]) => {
    const [wanted = '', ...rest] = names
    const asked = /^(?:--whatprovides|--quiet)$/.test(wanted) ? rest : names
    return /^-q[ailc]*$/.test(first) && asked.every(name => !/^-|\//.test(name))
  },
)

/** Of packages by their names. */
export const APK = inFolders(
  ['/lib/apk', '/usr/lib/apk', '/etc/apk', '/etc/apk/cache', '/var/cache/apk'],
  ([first = '', ...rest]) =>
    first === 'info' && rest.every(word => /^(?:-[qe]+|--quiet|--installed|[^-/][^/]*)$/.test(word)),
)
