/**
 * What every part below uses. The step runs under `set -e`, but a host that lacks a tool only leaves a fact untold.
 * `say` prints one line `key=value`; what has no lines or several is not told, and a long value is cut.
 */
const START = `
set +e; set -f; exec 2>/dev/null
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset OMP_NUM_THREADS OMP_THREAD_LIMIT CDPATH
nl='
'
say() { case $2 in ''|*"$nl"*) return 1;; *) printf '%s=%.480s\\n' "$1" "$2";; esac; }
has() { command -v "$1" >/dev/null; }
echo drover_facts=1`

/** os-release(5) is read, not sourced: it is the controller that takes the quotes off. */
const OS = `
set -- $(uname -snrm)
system=$1 node=$2
say system "$1"; say hostname "$2"; say kernel "$3"; say arch "$4"
for file in /etc/os-release /usr/lib/os-release; do
  [ -r $file ] || continue
  while IFS= read -r line || [ "$line" ]; do
    case $line in
      ID=*) say os.id "\${line#ID=}";;
      ID_LIKE=*) say os.like "\${line#ID_LIKE=}";;
      VERSION_ID=*) say os.version "\${line#VERSION_ID=}";;
      PRETTY_NAME=*) say os.name "\${line#PRETTY_NAME=}";;
    esac
  done <$file
  break
done
for file in /etc/redhat-release /etc/SuSE-release; do
  [ -r $file ] && IFS= read -r line <$file && say release "$line"
done
has sw_vers && say product "$(sw_vers -productVersion)"`

/** A name that DNS does not know takes long to find out: two seconds must do. Elsewhere -f may set the name to "-f". */
const NAME = `
case $system in Linux|*BSD|DragonFly|Darwin) knows_f=1;; *) knows_f=;; esac
[ $knows_f ] && if has timeout; then say fqdn "$(timeout 2 hostname -f </dev/null)"; else say fqdn "$(hostname -f </dev/null)"; fi`

/** With iproute2 or busybox; else what ifconfig shows, in any of its forms; else what Linux itself tells. */
const ADDRESSES = `
by_ip() {
  ip -o addr show </dev/null | while read -r _ dev family address _; do
    [ "$dev" = lo ] || case $family in inet|inet6) say ip "$address";; esac
  done
}
by_ifconfig() {
  dev=
  ifconfig -a </dev/null | while IFS= read -r line; do
    case $line in [!\\ \\	]*) dev=\${line%%[: ]*};; esac
    set -- $line
    case $dev in lo|lo0) continue;; esac
    case $1:$2 in
      inet:addr:?*) say ip "\${2#addr:}";;
      inet6:addr:) say ip "$3";;
      inet:*|inet6:*) say ip "$2";;
    esac
  done
}
by_proc() {
  leaf=
  while read -r sign value kind; do
    case $sign in '|--') leaf=$value;; /32) [ "$value $kind" = 'host LOCAL' ] && say ip "$leaf";; esac
  done </proc/net/fib_trie
  while read -r hex _ _ _ _ dev; do [ "$dev" = lo ] || say ip6hex "$hex"; done </proc/net/if_inet6
}
told() {
  [ "$1" ] || return 1
  count=0
  printf '%s\\n' "$1" | while IFS= read -r line && [ $count -lt 200 ]; do count=$((count + 1)); printf '%.64s\\n' "$line"; done
}
told "$(has ip && by_ip)" || told "$(has ifconfig && by_ifconfig)" || told "$(by_proc)" ||
  told "$([ $knows_f ] && for address in $(hostname -I </dev/null); do say ip "$address"; done)"`

const MACHINE = `
say cpus "$(nproc)" || say cpus "$(getconf _NPROCESSORS_ONLN)" || say cpus "$(grep -c '^processor' /proc/cpuinfo)" ||
  say cpus "$(sysctl -n hw.ncpu)"
if [ -r /proc/meminfo ]; then
  while read -r key value _; do
    case $key in MemTotal:) say memory_kb "$value"; break;; esac
  done </proc/meminfo
else
  say memory_bytes "$(sysctl -n hw.memsize)" || say memory_bytes "$(sysctl -n hw.physmem64)" || say memory_bytes "$(sysctl -n hw.physmem)"
fi`

/** All package managers are told: more than one may be installed, and the family says which is meant. */
const SOFTWARE = `
for tool in apt-get dnf yum apk zypper pacman pkg; do has $tool && say manager $tool; done
if [ -d /run/systemd/system ]; then say init systemd
elif [ -d /run/openrc ]; then say init openrc
elif [ -r /proc/1/comm ] && IFS= read -r comm </proc/1/comm; then
  case $comm in
    runit|runit-init) say init runit;;
    busybox) say init busybox;;
    init|linuxrc) case $(ls -l /sbin/init /linuxrc) in *busybox*) say init busybox;; *) say init sysvinit;; esac;;
  esac
fi`

/** The account's line in the files or in what else the host asks; where there is none, what the login set. */
const ACCOUNT = `
user=$(id -un) || user=\${LOGNAME:-$USER}
entry=
if [ -r /etc/passwd ]; then
  while IFS= read -r line || [ "$line" ]; do
    case $line in "$user":*) entry=$line; break;; esac
  done </etc/passwd
fi
[ "$entry" ] || { has getent && entry=$(getent passwd "$user" </dev/null); }
say user "$user"
say passwd "$entry"
say home "$HOME"
say shell "$SHELL"
echo end=1
exit 0`

/**
 * Finds out what `facts.…` has, in one go: POSIX sh, and no tool that must be there. Each line that it prints is
 * `key=value`; no file or tool of the host can add a line of its own. `parseFacts` makes facts of it.
 */
export const FACTS_SCRIPT: string = [START, OS, NAME, ADDRESSES, MACHINE, SOFTWARE, ACCOUNT]
  .join('\n')
  .replace(/^\n+/, '')
