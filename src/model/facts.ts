/** What `facts.…` has, and of which type; what a host does not tell is an empty text, 0 or an empty list. */
export const FACT_FIELDS = {
  /** As in os-release: `debian`, `alpine`, `ubuntu`; in lower case. */
  'os.id': 'string',
  'os.version': 'string',
  /** What it descends from: `debian`, `rhel`, `suse`, `alpine`, `arch`, `bsd`; its own id where it descends from nothing known. */
  'os.family': 'string',
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  'os.name': 'string',
  /** As `uname -m`: `x86_64`, `aarch64`. */
  arch: 'string',
  /** As `uname -r`. */
  kernel: 'string',
  hostname: 'string',
  fqdn: 'string',
  /** Of all interfaces but the loopback and link-local ones, IPv4 first. */
  ips: 'list<string>',
  cpus: 'int',
  /** MiB of main memory. */
  memory_mb: 'int',
  /** `apt`, `dnf`, `yum`, `apk`, `zypper`, `pacman`, `pkg`. */
  package_manager: 'string',
  /** `systemd`, `openrc`, `sysvinit`, `runit`, `busybox`. */
  init: 'string',
  /** The login's, not that of `become`. */
  user: 'string',
  home: 'string',
  shell: 'string',
} as const

export type FactName = keyof typeof FACT_FIELDS
