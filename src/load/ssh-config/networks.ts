import { BlockList, isIP } from 'node:net'

/**
 * Whether an address is in one of the networks of a list, as `10.0.0.0/8,fd00::/8`; undefined: the list cannot be read.
 */
export function inNetworks(list: string, addresses: readonly string[]): boolean | undefined {
  const networks = new BlockList()
  for (const part of list.split(',')) {
    const [address = '', bits, ...more] = part.split('/')
    const family = familyOf(address)
    const most = family === 'ipv4' ? 32 : 128
    const length = bits === undefined ? most : Number(bits)
    const isRight = more.length === 0 && (bits === undefined || /^\d{1,3}$/.test(bits)) && length <= most
    if (family === undefined || !isRight) return undefined
    networks.addSubnet(address, length, family)
  }
  return addresses.some(address => {
    const family = familyOf(address)
    return family !== undefined && networks.check(address, family)
  })
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}
