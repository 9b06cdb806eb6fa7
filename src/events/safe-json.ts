/**
 * JSON that is safe to look at in a terminal too: what the escaper would show is written as `\uXXXX`, losslessly. So is
 * the `##[`, `##vso[` and `##teamcity[` that CI systems take for a command anywhere in a line.
 * @param indent columns of each level; none: all on one line
 */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replace(UNSAFE, char =>
      Array.from(
        { length: char.length },
        (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
      ).join(''),
    )
    .replace(/##(vso|teamcity|)\[/gi, '##$1\\u005b')
}

/**
 * JSON.stringify takes care of C0 and lone surrogates inside strings, and line ends outside of them are its own; the
 * rest of what escape.ts makes visible remains.
 */
const UNSAFE = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\n\uFE00-\uFE0F]]/gv
