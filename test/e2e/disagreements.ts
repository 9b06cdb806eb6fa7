const OUTCOMES: Readonly<Record<string, string>> = {
  change: 'changed',
  'no change': 'ok',
  skip: 'skipped',
  fails: 'failed',
}

/** Nodes that did not end as their verdicts said, as `h1 step: change, but ok`; what was unknown may end in any way. */
export function disagreements(
  verdicts: Readonly<Record<string, string>>,
  outcomes: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(verdicts).flatMap(([node, verdict]) => {
    const expected = OUTCOMES[verdict.replace(/:.*$/s, '')]
    const outcome = outcomes[node]
    return expected === undefined || expected === outcome ? [] : [`${node}: ${verdict}, but ${outcome}`]
  })
}
