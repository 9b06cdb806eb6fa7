import type { PlanOptions } from '../../plan/document.ts'
import type { InputOptions, Inputs } from '../inputs/inputs.ts'

/** What a saved plan keeps of the command line that made it. */
export function optionsOf(
  options: InputOptions & { readonly playbook: string },
  { run, checkout }: Pick<Inputs, 'run' | 'checkout'>,
): PlanOptions {
  const { playbook, inventory, limit, tags, skipTags, allowOutside, become, becomeUser, becomeMethod } =
    options
  const { var: vars, step: steps, sshConfig, allowMatchExec } = options
  return {
    playbook,
    run,
    ...(inventory === undefined ? {} : { inventory }),
    ...(sshConfig === undefined ? {} : { sshConfig }),
    ...(allowMatchExec === undefined ? {} : { allowMatchExec }),
    ...(limit === undefined ? {} : { limit }),
    ...(vars === undefined ? {} : { vars }),
    ...(tags === undefined ? {} : { tags }),
    ...(skipTags === undefined ? {} : { skipTags }),
    ...(steps === undefined ? {} : { steps }),
    ...(allowOutside === undefined ? {} : { allowOutside }),
    ...(become === undefined ? {} : { become }),
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(becomeMethod === undefined ? {} : { becomeMethod }),
    // A name may mean another commit by then.
    ...(checkout === undefined ? {} : { rev: checkout.commit }),
  }
}

/** The way back. */
export function inputOptionsOf(saved: PlanOptions): InputOptions {
  const { vars, steps, playbook: _, run, ...same } = saved
  return { ...same, var: vars, step: steps, planned: run }
}
