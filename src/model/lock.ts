/**
 * What a run says of itself where it takes a lock. It is written on each host, for people and to tell a lock whose run
 * is gone; nothing of it is secret.
 */
export interface LockOwner {
  readonly run: string
  /** `user@machine` of the controller. */
  readonly who: string
  /** When the run started, as `2026-11-21T01:42:33Z`. */
  readonly since: string
  readonly playbook: string
  readonly controller: Controller
}

/** A process that can be told from all others, also of other machines and after a reboot; `-` for what is not known. */
export interface Controller {
  readonly boot: string
  /** The namespace that `pid` is of, as `pid:[4026531836]`. */
  readonly pids: string
  readonly pid: number
  /** When the process started, in ticks since the boot. */
  readonly start: string
}

/** How a run locks its hosts. */
export interface LockSettings {
  readonly owner: LockOwner
  /** How long to wait for a host that another run has, in ms. */
  readonly waitMs: number
}

/** What became of the lock of a host. */
export type LockNews =
  /** `as`: the user whose lock it is. */
  | { readonly kind: 'taken'; readonly as: string }
  | { readonly kind: 'waiting'; readonly holder: string }
  | { readonly kind: 'missed'; readonly why: string }
