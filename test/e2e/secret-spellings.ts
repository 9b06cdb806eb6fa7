/** A secret as others may spell it; made without drover's own list of forms. */
export function spellings(secret: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(secret)
  /** The letters of base64 that only the secret decides, with so many bytes before it. */
  const core = (before: number, encoding: 'base64' | 'base64url') => {
    const whole = Buffer.concat([Buffer.from('xy'.slice(0, before)), bytes])
    return whole.toString(encoding).slice(before === 0 ? 0 : before + 1, Math.floor((whole.length * 4) / 3))
  }
  return {
    plain: secret,
    'base64 at the start': core(0, 'base64'),
    'base64 after one byte': core(1, 'base64'),
    'base64 after two bytes': core(2, 'base64'),
    base64url: core(0, 'base64url'),
    percent: encodeURIComponent(secret),
    form: new URLSearchParams({ s: secret }).toString().slice(2),
    'single quotes': secret.replaceAll("'", `'\\''`),
    backslashes: secret.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    json: JSON.stringify(secret).slice(1, -1),
    hex: bytes.toString('hex'),
    HEX: bytes.toString('hex').toUpperCase(),
  }
}
