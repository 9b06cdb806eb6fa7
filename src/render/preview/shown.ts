import { escapeText, type Keep } from '../escape.ts'

/** Takes secrets out of a text. */
export type Masked = (text: string) => string

/** How a text from a playbook, a file or a host is shown: without secrets, and with nothing that drives a terminal. */
export type Shown = (text: string, keep?: Keep) => string

/** Secrets go first: escaped or cut, they would not be found. */
export function createShown(masked: Masked = text => text): Shown {
  return (text, keep) => escapeText(masked(text), keep)
}
