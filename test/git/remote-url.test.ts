import { expect, test } from 'vitest'
import { withoutUser } from '../../src/git/remote-url.ts'

test.each([
  ['https://github.com/org/x.git', 'https://github.com/org/x.git'],
  ['https://ann:secret@github.com/org/x.git', 'https://github.com/org/x.git'],
  ['https://ghp_secret@github.com/org/x.git', 'https://github.com/org/x.git'],
  ['https://ann:s/ecret@host/x.git', 'https://host/x.git'],
  ['https://ann:se@cret@host/x.git', 'https://host/x.git'],
  ['https://host:8443/@scope/x.git?private_token=secret#f', 'https://host:8443/@scope/x.git'],
  ['ssh://git@[2001:db8::1]:22/x.git', 'ssh://[2001:db8::1]:22/x.git'],
  ['ssh://[2001:db8::1]/@scope/x.git', 'ssh://[2001:db8::1]/@scope/x.git'],
  ['git@github.com:org/x.git', 'github.com:org/x.git'],
  ['codecommit::eu-west-1://profile@x', 'codecommit::eu-west-1://x'],
  ['/srv/git/a@b.git', '/srv/git/a@b.git'],
  ['../beside.git', '../beside.git'],
  ['', ''],
])('%s is shown as %s', (url, shown) => {
  expect(withoutUser(url)).toBe(shown)
})
