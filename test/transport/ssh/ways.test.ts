import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadInventory } from '../../../src/load/inventory.ts'
import { SshConfig } from '../../../src/load/ssh-config.ts'
import type { Failure } from '../../../src/model/errors.ts'
import type { Connection } from '../../../src/model/host.ts'
import { createSshTransport, type SshOptions } from '../../../src/transport/ssh/ssh-transport.ts'
import type { Session } from '../../../src/transport/transport.ts'
import { withAgent } from '../../sshd/agent.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, startExec } from '../run-exec.ts'

describeWith(
  ['sshd', 'ssh-keygen', 'ssh-agent', 'ssh-add'],
  'connections as the SSH configuration says',
  () => {
    let jump: TestServer
    let end: TestServer
    let folder: string
    let known: string
    beforeAll(async () => {
      ;[jump, end] = await Promise.all([
        startSshd({ addresses: ['127.0.0.1', '127.0.0.2'] }),
        startSshd({ addresses: ['127.0.0.3'] }),
      ])
      folder = mkdtempSync(join(tmpdir(), 'drover-ways-'))
      known = join(folder, 'known_hosts')
      writeFileSync(known, readFileSync(jump.knownHosts, 'utf8') + readFileSync(end.knownHosts, 'utf8'))
    })
    afterAll(async () => {
      await Promise.all([jump.stop(), end.stop()])
      rmSync(folder, { recursive: true })
    })

    /** Hosts by the names that the tests use; `more` comes first, so that it counts. */
    async function connectionOf(more: string, inventory = 'end'): Promise<Connection> {
      const file = join(mkdtempSync(join(folder, 'config-')), 'config')
      const blocks = [
        more,
        `Host end\n  HostName ${end.host}\n  Port ${end.port}\n  IdentityFile ${end.privateKey}`,
        `Host jump jump2\n  Port ${jump.port}\n  IdentityFile ${jump.privateKey}`,
        'Host jump\n  HostName 127.0.0.1\nHost jump2\n  HostName 127.0.0.2',
        `Host *\n  UserKnownHostsFile ${known}\n  IdentitiesOnly yes`,
      ]
      writeFileSync(file, blocks.join('\n'))
      writeFileSync(`${file}.ini`, inventory)
      const user = userInfo().username
      const sshConfig = new SshConfig({ file, home: folder, user, cwd: folder, env: process.env })
      const options = { cwd: folder, home: folder, user, sshConfig }
      const { hosts } = await loadInventory([`${file}.ini`], options)
      const host = hosts.get('end')
      expect(host?.unusable).toBeUndefined()
      return host?.connection as Connection
    }

    function connect(connection: Connection, options: Partial<SshOptions> = {}): Promise<Session | Failure> {
      const transport = createSshTransport({ policy: 'strict', isDefault: true, home: folder, ...options })
      return transport.connect({ host: 'end', connection }, new AbortController().signal)
    }

    async function reach(connection: Connection, options?: Partial<SshOptions>): Promise<Failure | string> {
      const session = await connect(connection, options)
      if ('code' in session) return session
      const { end: how, stdout } = await runExec(session, 'echo "$SSH_CONNECTION"')
      expect(how).toEqual(OK)
      session.end()
      await session.closed
      return stdout.toString()
    }

    const loginsAt = ({ log }: TestServer) => log().split('Accepted publickey').length - 1

    test.each([
      ['one jump host', 'Host end\n  ProxyJump jump', 1],
      ['two, named here', 'Host end\n  ProxyJump jump,jump2', 2],
      ['two, the second named by the first', 'Host end\n  ProxyJump jump2\nHost jump2\n  ProxyJump jump', 2],
      ['none', 'Host end\n  ProxyJump none', 0],
    ])('through %s', async (_, config, logins) => {
      const before = [loginsAt(jump), loginsAt(end)] as const
      expect(await reach(await connectionOf(config))).toMatch(/^127\./)
      expect([loginsAt(jump) - before[0], loginsAt(end) - before[1]]).toEqual([logins, 1])
      // Nothing is left of the way when it is over.
      await expect.poll(() => jump.sessions().length, { timeout: 10_000 }).toBe(0)
    })

    test('much data in both directions', async () => {
      const session = await connect(await connectionOf('Host end\n  ProxyJump jump,jump2'))
      if ('code' in session) throw new Error(session.message)
      const { stdout } = await runExec(session, 'head -c 20000000 /dev/zero | tr "\\0" x')
      expect(stdout.length).toBe(20_000_000)
      session.end()
    })

    test('every machine on the way has its host key checked', async () => {
      const other = join(folder, 'other_known')
      const stranger = makeKey(join(folder, 'stranger-host')).publicKey
      writeFileSync(other, `[127.0.0.2]:${jump.port} ${stranger}\n`)
      const config = `Host end\n  ProxyJump jump,jump2\nHost jump2\n  UserKnownHostsFile ${other}`
      const failure = await reach(await connectionOf(config))
      expect(failure).toMatchObject({
        code: 'host_key_changed',
        message: expect.stringMatching(/on the way to 127\.0\.0\.3.*127\.0\.0\.2.*has changed/),
      })
      await expect.poll(() => jump.sessions().length, { timeout: 10_000 }).toBe(0)
    })

    test('a jump host that reaches nobody, or is not there', async () => {
      const refused = await reach(await connectionOf('Host end\n  Port 1\n  ProxyJump jump'))
      expect(refused).toMatchObject({
        code: 'connect_failed',
        message: expect.stringMatching(/does not reach \S+: (?!\(SSH\))\S/),
      })
      const missing = await reach(await connectionOf('Host jump\n  Port 1\nHost end\n  ProxyJump jump'))
      expect(missing).toMatchObject({
        code: 'connect_refused',
        message: expect.stringContaining('on the way to'),
      })
    })

    test('a jump host that refuses the login', async () => {
      const other = makeKey(join(folder, 'not-there')).path
      const config = `Host jump\n  IdentityFile ${other}\n  User root\nHost end\n  ProxyJump jump`
      const connection = await connectionOf(config)
      const [hop] = connection.ssh?.jumps ?? []
      const jumps = hop === undefined ? [] : [{ ...hop, ssh: { ...hop.ssh, identityFiles: [other] } }]
      const failure = await reach({ ...connection, ssh: { ...connection.ssh, jumps } })
      expect(failure).toMatchObject({ code: 'login_refused', hint: expect.stringContaining('jump host') })
    })

    test('a jump host that dies takes the link with it', async () => {
      const session = await connect(await connectionOf('Host end\n  ProxyJump jump'))
      if ('code' in session) throw new Error(session.message)
      const exec = await startExec(session, 'echo x; sleep 60')
      for (const pid of jump.sessions()) process.kill(pid, 'SIGKILL')
      expect(await session.closed).toMatchObject({ code: 'link_lost' })
      expect(await exec.done).toMatchObject({ kind: 'lost' })
    })

    test('through a command, which ends with the connection', async () => {
      const mark = `drover-way-${process.pid}`
      const script = join(folder, 'proxy.mjs')
      writeFileSync(
        script,
        `import { connect } from 'node:net'
const s = connect(Number(process.argv[3]), process.argv[2])
process.stdin.pipe(s).pipe(process.stdout)
s.on('close', () => process.exit())
setInterval(() => {}, 1000)`,
      )
      const own = `Host end\n  ProxyCommand ${process.execPath} ${script} %h %p ${mark}`
      expect(await reach(await connectionOf(own))).toMatch(/^127\./)
      const running = () =>
        execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(
          `proxy.mjs 127.0.0.3 ${end.port} ${mark}`,
        )
      await expect.poll(running, { timeout: 10_000 }).toBe(false)
      const broken = await reach(await connectionOf('Host end\n  ProxyCommand false'))
      expect(broken).toMatchObject({
        code: 'connect_closed',
        message: expect.stringMatching(/; the ProxyCommand ended with status 1$/),
      })
    })

    test('the last that a command says is told, on one line, where it makes no connection', async () => {
      const noise = 'for i in 1 2 3 4 5 6 7 8 9; do echo early $i >&2; done'
      const said = 'printf "\\\\033[31mno route\\\\n\\\\ntry later\\\\n" >&2; exit 7'
      const failure = await reach(await connectionOf(`Host end\n  ProxyCommand sh -c '${noise}; ${said}'`))
      expect(failure).toMatchObject({
        code: 'connect_closed',
        message: expect.stringContaining('ended with status 7 and said: early 9 / [31mno route / try later'),
        hint: 'run the ProxyCommand by hand',
      })
      const flood = await reach(
        await connectionOf("Host end\n  ProxyCommand sh -c 'head -c 99999 /dev/zero | tr \\\\0 x >&2'"),
      )
      expect(flood).toMatchObject({ code: 'connect_closed' })
      expect((flood as Failure).message.length).toBeLessThan(600)
    })

    test('a command that there is not is no busy server', async () => {
      const failure = await reach(await connectionOf('Host end\n  ProxyCommand no-such-program %h'))
      expect(failure).toMatchObject({
        code: 'connect_failed',
        message: expect.stringMatching(/ended with status 127 and said: .*no-such-program: not found/),
        hint: 'run the ProxyCommand by hand',
      })
    })

    test('the host key is known by its alias, and by nothing else', async () => {
      const key = /ssh-ed25519 \S+/.exec(readFileSync(end.knownHosts, 'utf8'))?.[0]
      const file = join(folder, 'alias_known')
      writeFileSync(file, `the-end ${key}\n`)
      const config = `Host end\n  UserKnownHostsFile ${file}\n  HostKeyAlias The-End`
      expect(await reach(await connectionOf(config))).toMatch(/^127\./)
      const without = await reach(await connectionOf(`Host end\n  UserKnownHostsFile ${file}`))
      expect(without).toMatchObject({ code: 'host_key_unknown' })
      const fresh = join(folder, 'fresh_known')
      const learns = `Host end\n  UserKnownHostsFile ${fresh} ${file}\n  HostKeyAlias new\n  StrictHostKeyChecking accept-new`
      expect(await reach(await connectionOf(learns))).toMatch(/^127\./)
      expect(readFileSync(fresh, 'utf8')).toBe(`new ${key}\n`)
    })

    test('with HashKnownHosts a new host is remembered so that nobody can read who it is', async () => {
      const file = join(folder, 'hashed_known')
      const config = `Host end\n  UserKnownHostsFile ${file}\n  HashKnownHosts yes\n  StrictHostKeyChecking accept-new`
      expect(await reach(await connectionOf(config))).toMatch(/^127\./)
      expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/)
      const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.3]:${end.port}`, '-f', file], {
        encoding: 'utf8',
      })
      expect(found).toContain('found: line 1')
      expect(await reach(await connectionOf(config.replace('accept-new', 'yes')))).toMatch(/^127\./)
    })

    test.each([
      ['AddressFamily inet\n  BindAddress 127.0.0.9', /^127\.0\.0\.9 /],
      ['BindInterface lo', /^127\.0\.0\.1 /],
      ['BindAddress localhost', /^127\.0\.0\.1 /],
      ['AddressFamily inet6', /127\.0\.0\.3/],
      ['BindAddress 203.0.113.1', /no address to connect from/],
      ['BindAddress no-such-host.invalid', /no address of this machine/],
      ['BindInterface none0', /none0 has no address/],
      ['AddressFamily inet6\n  BindAddress 127.0.0.1', /127\.0\.0\.3/],
    ])('connects from where %j says', async (lines, from) => {
      const reached = await reach(await connectionOf(`Host end\n  ${lines}`))
      expect(typeof reached === 'string' ? reached : reached.message).toMatch(from)
    })

    test('StrictHostKeyChecking no takes a new key and no changed one; the command line goes before it', async () => {
      const empty = join(folder, 'empty_known')
      const changed = join(folder, 'changed_known')
      writeFileSync(changed, `[127.0.0.3]:${end.port} ${makeKey(join(folder, 'changed-host')).publicKey}\n`)
      const config = (file: string) => `Host end\n  UserKnownHostsFile ${file}\n  StrictHostKeyChecking no`
      const isDefault = false
      expect(await reach(await connectionOf(config(empty)), { isDefault })).toMatchObject({
        code: 'host_key_unknown',
      })
      expect(await reach(await connectionOf(config('/dev/null')))).toMatch(/^127\./)
      expect(await reach(await connectionOf(config(changed)))).toMatchObject({ code: 'host_key_changed' })
      const given = { knownHosts: known, isDefault }
      expect(await reach(await connectionOf(config(changed)), given)).toMatch(/^127\./)
    })

    test('the inventory goes before the configuration', async () => {
      const wrong = 'Host end\n  User nobody-at-all\n  Port 1\n  IdentityFile /nowhere'
      const inventory = `end user=${end.user} port=${end.port} key=${end.privateKey}`
      expect(await reach(await connectionOf(wrong, inventory))).toMatch(/^127\./)
    })

    test('only keys that are configured are offered with IdentitiesOnly, and no agent with IdentityAgent none', async () => {
      const others = ['a', 'b', 'c'].map(name => makeKey(join(folder, `agent-${name}`)))
      await withAgent(folder, [...others.map(({ path }) => path), end.privateKey], async agentSocket => {
        const offered = () => others.filter(({ fingerprint }) => end.log().includes(fingerprint)).length
        const noKey = `Host end\n  IdentityFile ${join(folder, 'stranger-host')}\n  IdentitiesOnly yes`
        const alone = await connectionOf(`${noKey}\n  StrictHostKeyChecking yes`)
        expect(alone.ssh?.identitiesOnly).toBe(true)
        expect(
          await reach(
            { ...alone, ssh: { ...alone.ssh, identityFiles: [`${others[0]?.path}.none`] } },
            { agentSocket },
          ),
        ).toMatchObject({ code: 'login_key' })
        expect(offered()).toBe(0)
        const held = await connectionOf(
          `Host end\n  IdentityFile ${end.privateKey}.pub\n  IdentitiesOnly yes`,
        )
        const only = { ...held, ssh: { ...held.ssh, identityFiles: [`${end.privateKey}.pub`] } }
        expect(await reach(only, { agentSocket })).toMatch(/^127\./)
        expect(offered()).toBe(0)
        const silent = await connectionOf(
          'Host end\n  IdentityAgent none\n  IdentitiesOnly no\n  IdentityFile none',
        )
        const none = { ...silent, ssh: { ...silent.ssh, identityFiles: [] } }
        expect(await reach(none, { agentSocket })).toMatchObject({ code: 'login_refused' })
        expect(offered()).toBe(0)
        const named = { ...none, ssh: { ...none.ssh, agent: { kind: 'socket' as const, path: agentSocket } } }
        expect(await reach(named)).toMatch(/^127\./)
        expect(offered()).toBe(others.length)
      })
    })

    test('the agent is never forwarded', async () => {
      await withAgent(folder, [end.privateKey], async agentSocket => {
        const session = await connect(
          await connectionOf('Host end\n  ForwardAgent yes\n  IdentitiesOnly no'),
          { agentSocket },
        )
        if ('code' in session) throw new Error(session.message)
        const { stdout } = await runExec(session, 'echo "[$SSH_AUTH_SOCK]"')
        expect(stdout.toString()).toBe('[]\n')
        session.end()
      })
    })
  },
)
