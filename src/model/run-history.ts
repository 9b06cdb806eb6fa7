/** What is known of an earlier run of the same playbook that came to a good end. Times in ms. */
export interface RunHistory {
  /** From its start to its end. */
  readonly wallMs: number
  /** How long a node of each step took on average, by the step's id; steps of which no node ran are absent. */
  readonly stepMs: ReadonlyMap<string, number>
}
