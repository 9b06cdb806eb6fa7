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
  const expanded = text.replace(/\$\{([^}]*)\}/g, (written, name: string) => {
    unknown ??= env[name] === undefined ? written : undefined
    return env[name] ?? written
  })
  return unknown === undefined ? { text: expanded } : { text: expanded, unknown }
}
