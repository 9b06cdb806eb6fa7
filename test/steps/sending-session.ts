import type { ExecEnd, ExecRequest, Session } from '../../src/transport/transport.ts'

/** A host that sends these pieces, whatever it is asked, until it is told to stop, and ends well. */
export function sendingSession(answer: (request: ExecRequest) => Iterable<Buffer | string>): Session {
  return {
    closed: new Promise(() => {}),
    end() {},
    exec(request, handlers) {
      const { promise: stopped, resolve: stop } = Promise.withResolvers<ExecEnd>()
      let open = true
      const sent = async (): Promise<ExecEnd> => {
        for (const piece of answer(request)) {
          if (!open) break
          await handlers.onStdout(Buffer.from(piece))
          await new Promise(setImmediate)
        }
        return { kind: 'exit', code: 0 }
      }
      return {
        done: Promise.race([sent(), stopped]),
        write: async () => {},
        end() {},
        stop(reason) {
          open = false
          stop({ kind: 'stopped', reason, confirmed: true })
        },
      }
    },
  }
}
