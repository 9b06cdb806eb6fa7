/** Shell text in parts, as far as it is of a kind that can be followed: no functions, endless loops or arithmetic. */
export type Script = readonly AndOr[]

export interface AndOr {
  readonly first: Pipeline
  readonly rest: readonly { readonly after: 'success' | 'failure'; readonly pipeline: Pipeline }[]
}

export interface Pipeline {
  readonly negated: boolean
  readonly commands: readonly Command[]
}

/** `inputs` are the files that it is redirected from. */
export type Command = (Simple | Compound) & { readonly inputs: readonly Word[] }

export type Compound = Group | If | Case | For

export interface Simple {
  readonly kind: 'simple'
  readonly assigned: readonly Assignment[]
  readonly words: readonly Word[]
}

export interface Assignment {
  readonly name: string
  readonly value: Word
}

/** `{ … }`, or `( … )` with a shell of its own. */
export interface Group {
  readonly kind: 'group' | 'subshell'
  readonly body: Script
}

export interface If {
  readonly kind: 'if'
  readonly branches: readonly { readonly test: Script; readonly body: Script }[]
  readonly otherwise: Script
}

export interface Case {
  readonly kind: 'case'
  readonly subject: Word
  readonly branches: readonly { readonly patterns: readonly Word[]; readonly body: Script }[]
}

export interface For {
  readonly kind: 'for'
  readonly name: string
  readonly words: readonly Word[]
  readonly body: Script
}

export type Word = readonly Part[]

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  /** `~` at the start of a word. */
  | { readonly kind: 'home' }
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly quoted: boolean
      readonly change?: { readonly operator: Operator; readonly word: Word }
    }
  /** A length, a status, a process: digits. */
  | { readonly kind: 'number' }
  | { readonly kind: 'output'; readonly script: Script; readonly quoted: boolean }

export type Operator = '-' | ':-' | '+' | ':+' | '#' | '##' | '%' | '%%'
