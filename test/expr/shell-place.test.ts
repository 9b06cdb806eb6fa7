import { describe, expect, test } from 'vitest'
import { shellPlaces } from '../../src/expr/shell/place.ts'

/** The places of the `@` in a script. */
function places(script: string): string[] {
  return shellPlaces(script.split('@')).map(place =>
    'quote' in place ? place.quote : `refused: ${place.refused}`,
  )
}

describe('the place of a value in shell text', () => {
  test.each([
    ['echo @', ['bare']],
    ['echo a@b', ['bare']],
    ["echo '@'", ['single']],
    ['echo "@"', ['double']],
    ['echo "a" @ \'b\' @', ['bare', 'bare']],
    ['echo "it\'s @" @', ['double', 'bare']],
    ['echo \'say "@"\' @', ['single', 'bare']],
    ['echo \\" @ \\\' @', ['bare', 'bare']],
    ['echo "\\" @" @', ['double', 'bare']],
    ["echo 'a\\' @ 'b'", ['bare']],
    ['echo "$(echo @)" @', ['bare', 'bare']],
    ['echo "$(echo "@")@"', ['double', 'double']],
    ['echo "$(echo \'@\')"', ['single']],
    ['echo $(echo $(echo "@")) @', ['double', 'bare']],
    ['echo $( (echo @) ) @', ['bare', 'bare']],
    ['echo "${HOME}@" ${X:-y} @', ['double', 'bare']],
    ["echo ${X:-'}'} @", ['bare']],
    ['echo ${X:-"}"} @', ['bare']],
    ['echo ${#X} @ $# @', ['bare', 'bare']],
    ['echo `date` @', ['bare']],
    ['echo "`echo \\"x\\"`" @', ['bare']],
    ["echo $'a b' @", ['bare']],
    ['echo $"a @"', ['double']],
    ['echo $((1 + (2 * 3))) @', ['bare']],
    ["# it's\necho @", ['bare']],
    ["echo a#b'c' @", ['bare']],
    ['echo a # "quote\necho @', ['bare']],
    ['x=@ cmd', ['bare']],
    ['case $x in a) echo @;; esac', ['bare']],
    ['cat <<EOF\nit\'s "\nEOF\necho @', ['bare']],
    ["cat <<'EOF' && echo @\n$(\nEOF\necho @", ['bare', 'bare']],
    ["cat <<-EOF\n\tit's\n\tEOF\necho @", ['bare']],
    ['cat <<A <<B\n\'\nA\n"\nB\necho @', ['bare']],
    ["cat <<EOF\nline \\\n'\nEOF\necho @", ['bare']],
    ["x=$(cat <<EOF\n)'\nEOF\n) @", ['bare']],
    ['cat <<<@', ['bare']],
    ['echo a \\\n @', ['bare']],
    ['echo @$HOME@', ['bare', 'bare']],
    ['for i in @; do echo "$i"; done > @', ['bare', 'bare']],
    ['f() { echo @; }', ['bare']],
    ['sh -c \'echo "$1"\' _ @', ['bare']],
    ['bash script.sh -c; echo @', ['bare']],
    ['grep -c @ file', ['bare']],
    ['ssh -c aes @', ['bare']],
    ['eval x; echo @', ['bare']],
    ['(eval x) @', ['bare']],
    ['[ @ -eq 1 ] && test -n @', ['bare', 'bare']],
    ['[[ @ == a* && -n @ ]]', ['bare', 'bare']],
    ['echo trap @; git read @; export A=@; local b=@', ['bare', 'bare', 'bare', 'bare']],
    ["printf '%s\\n' @", ['bare']],
    ['list=(@ @); list[0]=@', ['bare', 'bare', 'bare']],
    ['map["a b"]=@; map[$x]="@"; map=([k]=@)', ['bare', 'double', 'bare']],
    ['declare x=@ y="@"; export A="@:$A"', ['bare', 'double', 'double']],
    ['[ @ -gt 1 ] && [ a -nt @ ] && set -- @', ['bare', 'bare', 'bare']],
    ["printf '50%% done %s' @; printf '%d' 1; echo @", ['bare', 'bare']],
    ['exit 1; echo @', ['bare']],
    ['MY_OPTIND=@ SECONDS_AGO=@ cmd', ['bare', 'bare']],
  ])('%j: %j', (script, expected) => {
    expect(places(script)).toEqual(expected)
  })

  test.each([
    ['cat <<EOF\n@\nEOF', 'here-document'],
    ["cat <<'EOF'\n@\nEOF", 'here-document'],
    ['cat <<@', 'delimiter'],
    ['cat <<E@F', 'delimiter'],
    ['cat <<$X\nfoo\n$X\n@', 'delimiter'],
    ['echo `echo @`', 'inside `…`'],
    ['echo "`echo @`"', 'inside `…`'],
    ['echo ${X:-@}', 'inside ${…}'],
    ['echo "${X:-@}"', 'inside ${…}'],
    ['echo ${X:-"@"}', 'inside ${…}'],
    ['echo $((@ + 1))', 'inside $((…))'],
    ['echo $(( $(echo @) ))', 'inside $((…))'],
    ["echo $'@'", "inside $'…'"],
    ['# @', 'comment'],
    ['echo x # @', 'comment'],
    ['echo $( # @\n)', 'comment'],
    ['echo \\@', 'backslash'],
    ['echo "\\@"', 'backslash'],
    ['((x = @))', '(('],
    ['echo $[@]', '$['],
    ['sh -c "echo @"', 'another shell, eval or trap'],
    ["sudo -u app bash -lc 'cd @ && make'", 'another shell, eval or trap'],
    ['/bin/sh -c @', 'another shell, eval or trap'],
    ['su - app -c "echo @"', 'another shell, eval or trap'],
    ['find . -exec sh -c "echo @" \\;', 'another shell, eval or trap'],
    ['sh -c "$(echo @)"', 'another shell, eval or trap'],
    ['eval "x=@"', 'another shell, eval or trap'],
    ['eval echo @', 'another shell, eval or trap'],
    ['echo $(case x in a) echo;; esac; echo @)', 'case inside $(…)'],
    ["echo $'it\\'s' @", "escaped quote inside $'…'"],
    ['echo "${X:-\'a\'}" @', 'quotes inside "${…}"'],
    ["echo `echo '` @", 'quotes inside `…`'],
    ['echo $((cmd) ; x) @', 'no arithmetic'],
    ['x=$(cat <<EOF) @', 'cuts off'],
    ['cat <<EOF $(\n) @\nEOF', 'line break'],
    ['cat <<EOF\nEO\\\nF\n@', 'end shells read differently'],
    ['echo ' + '$('.repeat(100) + '@', 'deeply'],
  ])('%j is refused: %s', (script, reason) => {
    const [place] = places(script)
    expect(place).toContain('refused')
    expect(place).toContain(reason)
  })

  test('a value in the middle of a word does not start a comment', () => {
    expect(places('echo @#@')).toEqual(['bare', 'bare'])
  })

  test('a long script is read in a moment', () => {
    const script = `${'echo "a $(b \'c\') ${d:-e}" # f\n'.repeat(20_000)}echo @`
    expect(places(script)).toEqual(['bare'])
  })
})

describe('a value that a shell would read as code once more is refused', () => {
  test.each([
    "trap 'rm -rf @' EXIT",
    'if :; then trap "rm -rf @" 0; fi',
    'alias l=@',
    'let x=@',
    'command unset @',
    'A="b c" read @',
    'printf -v @ x',
    'test -v @',
    'declare -i x=@',
    '[[ @ -eq 1 ]]',
    '[[ -n x && "@" -lt 1 ]]',
    '[[ 1 -lt @ ]]',
    'list[@]=1',
    'bash <<< @',
    'flock /run/lock -c @',
    'list["@"]=1',
    'list=([@]=1)',
    'list=(a [b@]=1)',
    'typeset -i x; x=@',
    'f() { local -ri x; x="@"; }',
    'declare -n x=@',
    'integer x; x=@',
    'declare @',
    'local "@"',
    'export @=1',
    'OPTIND=@',
    'RANDOM="@"',
    "PS4='@'; set -x",
    'export BASH_ENV=@',
    'env ENV=@ sh',
    'compgen -W @',
    'exit @',
    'return @',
    'shift @',
    'printf %d @',
    "printf '%s %05d' a @",
    '[ -t @ ]',
    'set -A @ 1',
    'print -v @ x',
    '${X}set -A @',
    '\\unset @',
  ])('%j', script => {
    expect(places(script)).toEqual([expect.stringContaining('refused: ')])
  })
})

test('where nothing but digits is safe, whole numbers may stand', () => {
  const taken = (script: string) =>
    shellPlaces(script.split('@')).map(place => 'quote' in place || place.takesNumbers)
  const safe = [
    'echo $((@ + 1))',
    'exit @',
    'sh -c "head -n @"',
    'cat <<E\n@\nE',
    'echo ${x:@}',
    '[[ @ -gt 1 ]]',
    '# @',
  ]
  expect(safe.map(script => taken(script)[0])).toEqual(safe.map(() => true))
  const odd = ['echo $@', 'echo \\@', 'echo $((a@))', 'echo `echo $@`', 'cat <<@', 'sh -c "echo \\$@"']
  expect(odd.map(script => taken(script)[0])).toEqual(odd.map(() => false))
})
