import type { Failure } from '../../model/errors.ts'
import { oneLine } from '../shell-failure.ts'
import { fingerprintOf, type HostKeyVerdict, keyTypeName, knownName } from './host-key-verdict.ts'
import type { KnownHost } from './known-hosts.ts'

interface RefusedKey {
  readonly address: string
  readonly port: number
  readonly key: Buffer
  /** The file that a new key would go into. */
  readonly into: string | undefined
}

/** What to say of a key that is not accepted. */
export function hostKeyFailure(
  verdict: Exclude<HostKeyVerdict, { kind: 'known' }>,
  { address, port, key, into = 'known_hosts' }: RefusedKey,
): Failure {
  const name = knownName(address, port)
  const shown = `${keyTypeName(key)} ${fingerprintOf(key)}`
  switch (verdict.kind) {
    case 'revoked':
      return {
        code: 'host_key_revoked',
        message: `${name} presents a key that is marked @revoked: ${shown} (${verdict.known.file}:${verdict.known.line})`,
        hint: 'the key must not be trusted any more: the host needs a new one',
      }
    case 'changed': {
      const { known } = verdict
      return {
        code: 'host_key_changed',
        message:
          `the host key of ${name} has changed: it presents ${shown}, ` +
          `known is ${known.keyType} ${fingerprintOf(known.key)} (${known.file}:${known.line})`,
        hint: `someone may be listening in; if the host has a new key for a reason: ssh-keygen -R '${name}' -f ${known.file}`,
      }
    }
    case 'unknown':
      if (verdict.authority !== undefined)
        return notCertified(name, shown, verdict.authority, verdict.objection)
      return {
        code: 'host_key_unknown',
        message: `the host key of ${name} is not known: ${shown}`,
        hint: `check the fingerprint, then use --host-key-policy accept-new, which adds the key to ${into}`,
      }
  }
}

function notCertified(name: string, shown: string, { file, line }: KnownHost, objection?: string): Failure {
  return {
    code: 'host_key_unknown',
    message:
      `${name} is known by a certificate authority only (${file}:${line}); it presents ${shown} ` +
      (objection === undefined
        ? 'without a certificate'
        : `with a certificate that is not good: ${oneLine(objection)}`),
    hint: 'the host needs a certificate for this name (HostCertificate in its sshd_config), or add its key to known_hosts',
  }
}

export function brokenCertificate({
  address,
  port,
}: {
  readonly address: string
  readonly port: number
}): Failure {
  return {
    code: 'host_key_unknown',
    message: `${knownName(address, port)} presents a certificate that is none, or whose signature is wrong`,
    hint: 'someone may be listening in; if not, the host needs a new certificate',
  }
}
