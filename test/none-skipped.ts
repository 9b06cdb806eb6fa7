// Reads vitest's JSON report and fails when a test against a real SSH server was skipped. Used by .ci/run.
import { readFileSync } from 'node:fs'

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report
const tests = report.testResults.flatMap(file => file.assertionResults)
const skipped = tests.filter(test => test.status !== 'passed' && test.status !== 'failed')
for (const test of skipped) console.log(`skipped: ${test.fullName}`)
console.log(`${tests.length} tests, ${skipped.length} skipped`)
const servers = tests.filter(test => /sshd|dropbear|OpenSSH/i.test(test.fullName))
if (servers.length === 0 || servers.some(test => skipped.includes(test))) {
  console.error('tests against real SSH servers did not run')
  process.exitCode = 1
}
