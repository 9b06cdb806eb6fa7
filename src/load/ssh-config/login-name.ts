const LONGEST = 255

/**
 * Whether a login name can be sent. What a configuration says is taken as it is, as by ssh: some gateways have the way
 * on in it, as `me@root@10.0.0.5`. It may not be in a command (`%r`) then.
 */
export function isLoginName(name: string): boolean {
  return name.length <= LONGEST && /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]+$/u.test(name)
}
