import { execFileSync } from 'node:child_process'

/** Builds dist/ once before all tests: the end-to-end tests run the command line as users do. */
export default function setup(): void {
  execFileSync(process.execPath, ['build.ts'], { cwd: `${import.meta.dirname}/..`, stdio: 'inherit' })
}
