import { expect, test } from 'vitest'
import { withoutSecrets, withoutSecretWords } from '../../src/load/inventory/secret-names.ts'

test.each([
  ['h1 ansible_password=abc x=1', 'h1 ansible_password=*** x=1'],
  ['h1 ansible_password="a b" x=1', 'h1 ansible_password=***** x=1'],
  [`h1 ansible_password='a'"'"'b' x=1`, 'h1 ansible_password=********* x=1'],
  ['h1 ansible_password="open x=1', 'h1 ansible_password=*********'],
  ['h1 db_pass=a b x=1', 'h1 db_pass=*** x=1'],
  ['h1 compass=north', 'h1 compass=north'],
])('of %s a person sees %s', (line, seen) => {
  expect(withoutSecrets(line)).toBe(seen)
  expect(withoutSecretWords(line)).toBe(seen)
})
