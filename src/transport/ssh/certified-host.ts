import type { Client } from 'ssh2'
import { certifiedName, isCertifiedName, plainName } from './certified-name.ts'
import type { KeyExchange } from './key-exchange.ts'
import { parsePublicKey } from './public-key.ts'

interface Offer {
  readonly lists: {
    readonly kex: List
    readonly serverHostKey: List
    readonly cs: Direction
    readonly sc: Direction
  }
}

interface List {
  readonly array: readonly string[]
}

type Direction = Readonly<Record<'cipher' | 'mac' | 'compress' | 'lang', List>>

interface Protocol {
  _offer?: Offer
}

/**
 * Asks a server for certificates, which ssh2 does not know. The exchange of keys runs as ever: its digest has the
 * certificate in it, and the signature below it is checked with the key in the certificate. This reaches into ssh2,
 * whose version is pinned. Should anything be otherwise there, digest or signature are wrong, and the login fails.
 *
 * @param client one that has begun to connect, before the server has said a word
 * @param algorithms host key algorithms to offer, with those of certificates
 */
export function offerCertificates(client: Client, algorithms: readonly string[]): void {
  const { _protocol: protocol } = client as unknown as { readonly _protocol?: Protocol }
  const offer = protocol?._offer
  if (protocol === undefined || offer === undefined) return
  const { kex, cs, sc } = offer.lists
  const arrays = (direction: Direction) =>
    Object.fromEntries(Object.entries(direction).map(([name, { array }]) => [name, array]))
  const NewOffer = offer.constructor as new (lists: object) => Offer
  protocol._offer = new NewOffer({
    kex: kex.array,
    serverHostKey: algorithms,
    cs: arrays(cs),
    sc: arrays(sc),
  })
}

/**
 * ssh2 looks at what the server presents once for the digest, and then for the key. And it has one name for what is
 * presented and for its signature, which are two here, of three with RSA.
 */
export function takeCertificate(exchange: KeyExchange): void {
  const { negotiated } = exchange
  if (!isCertifiedName(negotiated.serverHostKey)) return
  const signature = plainName(negotiated.serverHostKey)
  if (signature.startsWith('rsa-')) negotiated.serverHostKey = certifiedName('ssh-rsa')
  let presented: Buffer | undefined
  let looks = 0
  Object.defineProperty(exchange, '_hostKey', {
    get: () => {
      looks += 1
      return looks === 1 || presented === undefined ? presented : parsePublicKey(presented)?.blob
    },
    set: (blob: Buffer | undefined) => {
      presented = blob
      negotiated.serverHostKey = signature
    },
  })
}
