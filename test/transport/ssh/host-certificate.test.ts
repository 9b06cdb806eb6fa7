import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readHostCertificate } from '../../../src/transport/ssh/host-certificate.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'

/** Of an RSA key. */
const EXPONENT = Buffer.from('00000003010001', 'hex')

describeWith(['ssh-keygen'], 'a certificate of a host', () => {
  test('is none where its authority has a key that nothing can be checked with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drover-host-cert-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const authority = makeKey(join(folder, 'ca'), 'rsa')
    const { path } = makeKey(join(folder, 'key'))
    execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-h', '-I', 'test', `${path}.pub`], {
      stdio: 'pipe',
    })
    const [, base64 = ''] = readFileSync(`${path}-cert.pub`, 'utf8').split(' ')
    const blob = Buffer.from(base64, 'base64')
    expect(readHostCertificate(blob)).toBeDefined()
    const at = blob.indexOf(EXPONENT)
    blob.fill(0, at + 4, at + EXPONENT.length)
    expect(readHostCertificate(blob)).toBeUndefined()
  })
})
