/** Where names, numbers and homes of accounts come from. What daemons are asked for, they know already. */
export const OWNERS = [
  ...['/etc/passwd', '/etc/group', '/etc/nsswitch.conf', '/run/systemd/userdb', '/var/lib/extrausers'],
  ...['/var/lib/misc', '/var/db/passwd.db', '/var/db/group.db'],
] as const

/** All that accounts are, and what else of the host is configured there. */
export const ACCOUNTS = ['/etc', ...OWNERS.filter(path => !path.startsWith('/etc/'))] as const

/** What says which time it is where the host stands. */
export const TIME_ZONE = ['/etc/localtime', '/etc/TZ', '/usr/share/zoneinfo'] as const

/** Where a host has its name: what it is called now, and what it will be called. */
export const HOST_NAME = ['/proc', '/etc'] as const
