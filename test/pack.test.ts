import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

interface Manifest {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

/** The package as npm packs it, in a folder of its own where it finds its dependencies and nothing else. */
describe('the package, installed elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-pack-'))
  const installed = join(folder, 'node_modules/drover')

  beforeAll(() => {
    // Without scripts: dist/ is built, and building it again would pull it away under other tests.
    const packed = execFileSync(
      'npm',
      ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    )
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['xzf', join(folder, packed.trim()), '-C', installed, '--strip-components=1'])
    for (const name of Object.keys(manifest.dependencies)) {
      const link = join(folder, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(ROOT, 'node_modules', name), link)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function runBin(name: string, args: readonly string[]) {
    const script = join(installed, manifest.bin[name] ?? '')
    return spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8', timeout: 30_000 })
  }

  test('drover says its version', () => {
    expect(runBin('drover', ['--version'])).toMatchObject({
      status: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    })
  })

  test.each(['drover', 'batch_run', 'batch_scp'])('%s can be executed and helps', name => {
    expect(statSync(join(installed, manifest.bin[name] ?? '')).mode & 0o111).toBe(0o111)
    const { status, stdout } = runBin(name, ['--help'])
    expect(status).toBe(0)
    expect(stdout).toContain(name)
  })

  test('the schema and the demo playbook come along', () => {
    const { status, stdout, stderr } = runBin('drover', ['validate', join(installed, 'playbooks/demo.yml')])
    expect(status, stdout + stderr).toBe(0)
  })

  test('sources and tests do not', () => {
    for (const name of ['src', 'test', 'bench', '.ci', 'schema/write.ts'])
      expect(() => statSync(join(installed, name))).toThrow()
  })
})

describe('an older Node', () => {
  /** Starts a bin's code in a process that says it is another version of Node. */
  function startUnder(version: string) {
    const script = `
      Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })
      require(${JSON.stringify(join(ROOT, 'bin/start.js'))})('drover')`
    return spawnSync(process.execPath, ['-e', script, 'drover', '--version'], { encoding: 'utf8' })
  }

  test.each(['12.22.0', '20.19.5', '22.22.1', '24.14.0', '25.0.0'])('%s gets one clear line', version => {
    const { status, stdout, stderr } = startUnder(version)
    expect(status).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      new RegExp(`^drover: needs Node .*; this is Node ${version}; npx drover takes .*\\n$`),
    )
  })

  test.each(['22.22.2', '24.15.0', '26.0.0'])('%s is taken', version => {
    expect(startUnder(version).stderr).toBe('')
  })

  test('what it reads first is JavaScript that it can read', () => {
    for (const name of ['start.js', 'drover.js', 'batch_run.js', 'batch_scp.js']) {
      const text = readFileSync(join(ROOT, 'bin', name), 'utf8')
      expect(text).not.toMatch(/=>.*=>|\?\.|\?\?|\b(const|let|class|async|await)\b/)
    }
  })
})
