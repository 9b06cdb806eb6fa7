import { serve } from '../../src/worker/serve.ts'
import { applyFake } from './fake-step.ts'
import { fakeTransport } from './fake-transport.ts'

await serve(
  async () => ({
    apply: applyFake,
    createTransports: (settings, ask) => {
      const transport = fakeTransport(settings, ask)
      return { ssh: transport, local: transport }
    },
  }),
  status => process.exit(status),
)
