// Builds dist/ from src/: the compiler alone, no bundler. Run by npm's prepare, and before the tests.
import { execFileSync } from 'node:child_process'

execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
