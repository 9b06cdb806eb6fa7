import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { adhocPlaybook } from '../../../src/cli/adhoc/playbook.ts'
import { playText } from '../../../src/cli/adhoc/save-as.ts'
import type { CliContext } from '../../../src/cli/context.ts'
import { addBecomePassword, adhocBecome, overrideBecome } from '../../../src/cli/execute/become.ts'
import { readHidden } from '../../../src/cli/terminal/read-hidden.ts'
import { UsageError } from '../../../src/cli/usage.ts'
import { loadInventory } from '../../../src/load/inventory.ts'
import type { Host } from '../../../src/model/host.ts'
import { Secret } from '../../../src/model/secret.ts'
import { KnownSecrets } from '../../../src/secrets/known-secrets.ts'

/** A terminal on which somebody types. */
function terminal() {
  const modes: boolean[] = []
  const setRawMode = (mode: boolean) => {
    modes.push(mode)
    return stdin
  }
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  const context = { stdin, stderr, secrets: new KnownSecrets() } as unknown as CliContext
  return { context, stdin, modes, shown: () => String(stderr.read() ?? '') }
}

test.each([
  ['hunter2\r', 'hunter2'],
  ['ü p"\\$\n', 'ü p"\\$'],
  ['wrong\x15rightt\x7f\r', 'right'],
  ['\x7f\x7fa\bb\r', 'b'],
])('typed as %j', async (typed, password) => {
  const { context, stdin, modes, shown } = terminal()
  const reading = readHidden(context, 'Password: ')
  for (const char of typed) stdin.write(char)
  expect((await reading).reveal()).toBe(password)
  expect(shown()).toBe('Password: \n')
  expect(modes).toEqual([true, false])
})

test.each(['\r', 'abc\x04', '\x04'])('%j is no password', async typed => {
  const { context, stdin, modes } = terminal()
  const reading = readHidden(context, 'Password: ')
  stdin.write(typed)
  await expect(reading).rejects.toThrow(UsageError)
  expect(modes).toEqual([true, false])
})

async function hosts(): Promise<ReadonlyMap<string, Host>> {
  const { hosts } = await inventory()
  return hosts
}

const inventory = () => loadInventory(['h1,h2,'], { cwd: '/', user: 'me', home: '/' })

test('-K asks once, for the hosts that have no password of their own', async () => {
  const { context, stdin } = terminal()
  const [h1, h2] = (await hosts()).values()
  const own = {
    ...h2,
    connection: { ...h2?.connection, become: { always: true, password: new Secret('own') } },
  }
  const inputs = { plan: { hosts: [h1 as Host, own as Host] } }
  const adding = addBecomePassword(context, inputs, { askBecomePass: true })
  stdin.write('typed\r')
  const passwords = (await adding).plan.hosts.map(({ connection }) => connection.become?.password?.reveal())
  expect(passwords).toEqual(['typed', 'own'])
  expect((await adding).plan.hosts[0]?.connection.become?.always).toBe(false)
  expect(await addBecomePassword(context, inputs, {})).toBe(inputs)
})

test('-K reads from no pipe', async () => {
  const { context, stdin } = terminal()
  stdin.isTTY = false
  stdin.write('typed\n')
  await expect(addBecomePassword(context, { plan: { hosts: [] } }, { askBecomePass: true })).rejects.toThrow(
    /-K asks on the terminal, and there is none/,
  )
})

test('the command line overrides the inventory', async () => {
  const all = await inventory()
  const become = (options: Parameters<typeof overrideBecome>[1]) =>
    overrideBecome(all, options).hosts.get('h1')?.connection.become
  expect(overrideBecome(all, {})).toBe(all)
  expect(become({ become: true })).toEqual({ always: true })
  expect(become({ becomeUser: 'app' })).toEqual({ always: true, user: 'app' })
  expect(become({ becomeMethod: 'doas' })).toEqual({ always: false, method: 'doas' })
})

test.each([
  [{}, {}, undefined],
  [{ become: true }, { become: true }, 'true'],
  [{ becomeUser: 'app', becomeMethod: 'su' }, { become: { value: 'app' }, becomeMethod: 'su' }, 'app'],
] as const)('an ad hoc playbook has the options as its defaults: %j', (options, defaults, saved) => {
  const become = adhocBecome(options)
  const step = { kind: 'run', script: 'id', env: [] } as const
  const play = { name: 'x', hosts: 'all', steps: [step], become }
  expect(adhocPlaybook(play, '/').defaults).toMatchObject(defaults)
  const text = parseDocument(playText(play, '/', '/', undefined)).toJS()
  expect(text.defaults?.become?.toString()).toBe(saved)
  expect(text.defaults?.become_method).toBe(become?.method)
})
