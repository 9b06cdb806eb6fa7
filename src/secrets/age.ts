import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { utf8Text } from './utf8.ts'

// All of age (https://age-encryption.org/v1) that drover uses. A value is a file of age, in base64 behind a prefix.

const PREFIX = 'age:'
const HEAD = 'age-encryption.org/v1\n'
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Whether a text is an encrypted value. */
export function isEncrypted(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** Whether it is one indeed, and not a text that begins as one. */
export function isCiphertext(text: string): boolean {
  return isEncrypted(text) && isAgeFile(contentOf(text))
}

function contentOf(value: string): Buffer {
  return Buffer.from(value.slice(PREFIX.length), 'base64')
}

/** @throws Error for a recipient that is none */
export async function encryptValue(plain: string, recipients: readonly string[]): Promise<string> {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return PREFIX + Buffer.from(await encrypter.encrypt(plain)).toString('base64')
}

/** @throws Error where none of the identities fits, it is damaged, or no text in UTF-8 */
export async function decryptValue(value: string, identities: readonly string[]): Promise<string> {
  const bytes = await decryptFile(contentOf(value), { identities })
  const text = utf8Text(bytes)
  if (text === undefined) throw new Error('it is no text in UTF-8')
  return text
}

/**
 * What is in a file of age, armored or not.
 * @throws Error where no key fits, or it is damaged
 */
export function decryptFile(
  bytes: Uint8Array,
  { identities = [], passphrase }: { readonly identities?: readonly string[]; readonly passphrase?: string },
): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase)
  return decrypter.decrypt(unarmored(bytes))
}

function unarmored(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  return text.trimStart().startsWith(ARMOR) ? armor.decode(text.trim()) : bytes
}

/** Whether these bytes are a file of age. */
export function isAgeFile(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  return head.startsWith(HEAD) || head.trimStart().startsWith(ARMOR)
}

/** Whether a passphrase decrypts it, and not an identity. */
export function wantsPassphrase(bytes: Uint8Array): boolean {
  return Buffer.from(unarmored(bytes).subarray(0, 64)).toString('latin1').startsWith(`${HEAD}-> scrypt `)
}

/** A new identity, and the recipient that belongs to it. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** @throws Error for what is no identity */
export function recipientOf(identity: string): Promise<string> {
  return identityToRecipient(identity)
}

/** Whether a text is an identity, with a checksum that fits. */
export function isIdentity(text: string): boolean {
  try {
    new Decrypter().addIdentity(text)
    return true
  } catch {
    return false
  }
}

/** Why a text cannot be a recipient; undefined where it can. */
export function whyNoRecipient(text: string): string | undefined {
  try {
    new Encrypter().addRecipient(text)
    return undefined
  } catch {
    return /^ssh-|^AGE-PLUGIN-|^age1\w+1/.test(text)
      ? 'keys of ssh and of plugins are not supported: age-keygen makes one that is'
      : 'it is no recipient of age, as age1…'
  }
}
