/** Whether an answer is still true when its node's turn comes; `open`: other answers are to be waited for. */
export type Taint =
  | { readonly kind: 'none' | 'open'; readonly because: undefined }
  | { readonly kind: 'tainted'; readonly because: string }

export const NO_TAINT: Taint = { kind: 'none', because: undefined }
