import { createServer, type Server as NetServer, type Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ParsedKey, type Session } from 'ssh2'
import { type RunningCommand, runCommand } from './command.ts'

export interface ServerOptions {
  readonly hostKey: string
  /** The one key that may log in, as `ssh-ed25519 AAAA…`. */
  readonly userKey: string
  readonly user: string
  readonly home: string
}

export interface DemoServer {
  readonly port: number
  /** Ends connections and the processes of logins; resolves when all is closed. */
  readonly close: () => Promise<void>
}

/** Starts an SSH server on a free loopback port. It knows commands (exec), and nothing else. */
export async function startServer(options: ServerOptions): Promise<DemoServer> {
  const userKey = ssh2.utils.parseKey(options.userKey)
  if (userKey instanceof Error) throw userKey
  const commands = new Set<RunningCommand>()
  const sockets = new Set<Socket>()
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey], ident: 'drover-demo' }, client =>
    serve(client, options, userKey, commands),
  )
  const listener = createServer({ noDelay: true }, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    ssh.injectSocket(socket)
  })
  const port = await listen(listener)
  return {
    port,
    async close() {
      for (const command of commands) command.signal('SIGKILL')
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => listener.close(resolve))
    },
  }
}

function serve(
  client: Connection,
  options: ServerOptions,
  userKey: ParsedKey,
  commands: Set<RunningCommand>,
): void {
  // A client that breaks off is the client's business.
  client.on('error', () => {})
  client.on('authentication', context => {
    if (mayLogIn(context, options.user, userKey)) context.accept()
    else context.reject(['publickey'])
  })
  client.on('session', accept => serveSession(accept(), options, commands))
}

function mayLogIn(context: AuthContext, user: string, key: ParsedKey): boolean {
  if (context.method !== 'publickey' || context.username !== user) return false
  if (context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false
  // Without a signature the client only asks whether the key would do (RFC 4252 7).
  if (context.signature === undefined || context.blob === undefined) return true
  return key.verify(context.blob, context.signature, context.hashAlgo) === true
}

function serveSession(session: Session, options: ServerOptions, commands: Set<RunningCommand>): void {
  let running: RunningCommand | undefined
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept()
    const started = runCommand(command, options.home, options.user, channel)
    running = started
    commands.add(started)
    channel.once('close', () => commands.delete(started))
  })
  session.on('signal', (accept, _reject, { name }) => {
    running?.signal(`SIG${name}` as NodeJS.Signals)
    accept?.()
  })
}

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
