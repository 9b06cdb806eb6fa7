import { LIMITS } from '../../model/limits.ts'

/** A relative local path made of what a host calls a file, or why it can't be one. */
export type CheckedName =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly shown: string }

/**
 * Checks a relative path that a host sent, as bytes. A component may hold anything but what leads elsewhere (`.`,
 * `..`, nothing at all, NUL), what is not UTF-8, and control characters; line feed and tab are let through, as people do
 * have them in names and no path is led astray by them.
 */
export function checkRemoteName(bytes: Buffer): CheckedName {
  const shown = bytes.subarray(0, 200).toString('utf8')
  const refused = (reason: string): CheckedName => ({ kind: 'refused', reason, shown })
  if (bytes.length > LIMITS.remoteNameBytes) return refused(`has over ${LIMITS.remoteNameBytes} bytes`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refused('is not UTF-8')
  }
  const components = text.split('/')
  if (components.length > LIMITS.getDepth) return refused(`lies more than ${LIMITS.getDepth} folders deep`)
  for (const component of components) {
    if (component === '') return refused('has an empty component')
    if (component === '.' || component === '..') return refused(`has the component "${component}"`)
    if (/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(component)) return refused('has a control character')
    if (Buffer.byteLength(component) > 255) return refused('has a component of over 255 bytes')
  }
  return { kind: 'path', path: text }
}
