import { LIMITS } from '../../model/limits.ts'

/** The guard looks so often at what is staged, and ends the upload when it was the same so many times more. */
const LOOKS = 4
const LOOK_SECONDS = Math.ceil(LIMITS.silentMs / LOOKS / 1000)

/**
 * `guarded` before an upload into the staging folder `$t`, `unguarded` after it. While the script reads its input, no
 * watchdog can listen there, and a link that died unnoticed never ends that input: so the host itself ends the script,
 * its process group as a whole, once nothing has arrived for `LIMITS.silentMs` or a little longer. What is staged goes
 * with it. Where the script has no group of its own, or the host
 * lacks a tool for it, nothing is ended.
 *
 * USR1 ends the guard, with its sleeper: the script has no trap for it that a fork could inherit. The guard is no child of
 * the script, which so says nothing about its end.
 */
export const UPLOAD_GUARD = `guarded() {
  guard=$( (
    trap - 0 HUP INT TERM PIPE
    over= k= was= calm=0
    trap 'over=1; [ -z "$k" ] || kill $k' USR1
    while [ $calm -le ${LOOKS} ]; do
      sleep ${LOOK_SECONDS} & k=$!
      [ -z "$over" ] || kill $k
      wait $k || exit
      is=$(ls -lR "$t") || exit
      [ "$is" = "$was" ] || calm=0
      was=$is calm=$((calm + 1))
    done
    kill -TERM -$$
  ) </dev/null >/dev/null 2>&1 & echo $!)
}
unguarded() { kill -USR1 $guard 2>/dev/null; }
`
