/** Few enough for the test suite: `npm run agreement` takes more, others each day. */
const FEW = 100

const wanted = Number(process.env.DROVER_AGREEMENT ?? FEW)

const today = Math.floor(Date.now() / 86_400_000)

/** Which random playbooks are tried. `DROVER_AGREEMENT` says how many, `DROVER_AGREEMENT_SEED` from which one on. */
export const SEEDS = {
  from: Number(process.env.DROVER_AGREEMENT_SEED ?? (wanted > FEW ? today * 10_000 : 0)),
  count: wanted,
}

/** Of those, so many by the command line. */
export const BY_COMMAND_LINE = Math.max(4, Math.floor(wanted / 15))
