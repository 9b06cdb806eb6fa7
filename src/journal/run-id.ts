/** When a run began, which its id tells: `20261121-014233-9f3c`. In ms since the epoch. */
export function startOfId(id: string): number {
  const [, day = '', time = ''] = /^(\d{8})-(\d{6})-/.exec(id) ?? []
  const date = day.replace(/(....)(..)(..)/, '$1-$2-$3')
  const at = Date.parse(`${date}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`)
  return Number.isNaN(at) ? 0 : at
}
