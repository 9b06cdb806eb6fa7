/** Exit statuses, highest precedence first (SEMANTICS: "Exit status"). */
export const EXIT = {
  bug: 70,
  interrupted: 130,
  invalid: 3,
  refused: 4,
  failed: 1,
  changes: 2,
  ok: 0,
} as const

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

/** Every error that drover reports has one of these codes; the table says which exit status it means. */
export const ERRORS = {
  usage: EXIT.invalid,
  file_unreadable: EXIT.invalid,
  file_encoding: EXIT.invalid,
  yaml_syntax: EXIT.invalid,
  yaml_limit: EXIT.invalid,
  playbook_schema: EXIT.invalid,
  playbook_empty: EXIT.invalid,
  step_kind: EXIT.invalid,
  step_id: EXIT.invalid,
  step_unknown: EXIT.invalid,
  step_cycle: EXIT.invalid,
  expression_syntax: EXIT.invalid,
  expression_name: EXIT.invalid,
  expression_type: EXIT.invalid,
  expression_quote: EXIT.invalid,
  expression_value: EXIT.invalid,
  secret_place: EXIT.invalid,
  secret_missing: EXIT.invalid,
  secret_file: EXIT.invalid,
  secret_short: EXIT.invalid,
  variable_missing: EXIT.invalid,
  step_excluded: EXIT.invalid,
  use_file: EXIT.invalid,
  use_cycle: EXIT.invalid,
  use_param: EXIT.invalid,
  inventory_missing: EXIT.invalid,
  inventory_syntax: EXIT.invalid,
  inventory_name: EXIT.invalid,
  inventory_value: EXIT.invalid,
  inventory_cycle: EXIT.invalid,
  inventory_limit: EXIT.invalid,
  inventory_script: EXIT.invalid,
  ssh_config: EXIT.invalid,
  pattern_syntax: EXIT.invalid,
  pattern_unknown: EXIT.invalid,
  targets_empty: EXIT.invalid,
  connect_refused: EXIT.failed,
  connect_timeout: EXIT.failed,
  connect_failed: EXIT.failed,
  connect_closed: EXIT.failed,
  connect_protocol: EXIT.failed,
  host_key_file: EXIT.failed,
  host_key_unknown: EXIT.failed,
  host_key_changed: EXIT.failed,
  host_key_revoked: EXIT.failed,
  login_refused: EXIT.failed,
  login_key: EXIT.failed,
  link_lost: EXIT.failed,
  worker_died: EXIT.failed,
  channel_refused: EXIT.failed,
  step_exit: EXIT.failed,
  step_signal: EXIT.failed,
  step_timeout: EXIT.failed,
  step_render: EXIT.failed,
  step_assert: EXIT.failed,
  step_condition: EXIT.failed,
  become_denied: EXIT.failed,
  become_password: EXIT.failed,
  become_missing: EXIT.failed,
  local_file: EXIT.failed,
  remote_file: EXIT.failed,
  transfer_verify: EXIT.failed,
  transfer_stalled: EXIT.failed,
  remote_name: EXIT.failed,
  remote_shell: EXIT.failed,
  drift: EXIT.refused,
  plan_file: EXIT.invalid,
  plan_tampered: EXIT.refused,
  plan_applied: EXIT.refused,
  plan_input: EXIT.refused,
  approval: EXIT.refused,
  git: EXIT.invalid,
  git_dirty: EXIT.refused,
  step_race: EXIT.invalid,
  /** Another run has the host. */
  lock_held: EXIT.refused,
  /** The journal of a run cannot be written. */
  journal: EXIT.failed,
  /** There is no such run, or its journal cannot be read. */
  run_unknown: EXIT.invalid,
  run_damaged: EXIT.invalid,
  /** The run is still going on, or there is nothing left to do in it. */
  run_state: EXIT.refused,
  /** What a run was made of is not what it was. */
  run_changed: EXIT.refused,
  interrupted: EXIT.interrupted,
  bug: EXIT.bug,
} as const satisfies Record<string, ExitStatus>

export type ErrorCode = keyof typeof ERRORS

/** Why a node or a host failed. It crosses processes as it is. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
}

const PRECEDENCE: readonly ExitStatus[] = [70, 130, 3, 4, 1, 2, 0]

/** The one status to exit with when several apply. */
export function worstStatus(statuses: Iterable<ExitStatus>): ExitStatus {
  const seen = new Set(statuses)
  return PRECEDENCE.find(status => seen.has(status)) ?? EXIT.ok
}
