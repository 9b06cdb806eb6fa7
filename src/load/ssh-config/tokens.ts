/** What single letters behind `%` stand for (ssh_config(5), "TOKENS"). */
export type TokenValues = Readonly<Record<string, string>>

export interface Expanded {
  readonly text: string
  /** A token that stands for nothing here, as `%C`. */
  readonly unknown?: string
}

/** Puts values in place of `%x`; `%%` is a percent sign. */
export function expandTokens(text: string, values: TokenValues): Expanded {
  let unknown: string | undefined
  const expanded = text.replace(/%([\s\S]?)/g, (token, letter: string) => {
    if (letter === '%') return '%'
    const value = Object.hasOwn(values, letter) ? values[letter] : undefined
    unknown ??= value === undefined ? token : undefined
    return value ?? token
  })
  return unknown === undefined ? { text: expanded } : { text: expanded, unknown }
}

/** Puts variables of the environment in place of `${NAME}`. */
export function expandEnvironment(text: string, env: Readonly<NodeJS.ProcessEnv>): Expanded {
  let unknown: string | undefined
  // What is not closed would be looked through again and again.
  const closed = text.lastIndexOf('}') + 1
  const inside = text.slice(0, closed).replace(/\$\{([^}]*)\}/g, (written, name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    unknown ??= value === undefined ? written : undefined
    return value ?? written
  })
  const expanded = inside + text.slice(closed)
  return unknown === undefined ? { text: expanded } : { text: expanded, unknown }
}
