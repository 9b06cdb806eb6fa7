import { enableCompileCache } from 'node:module'
import { serve } from './serve.ts'

/** The module that the pool forks. What takes long to import comes after the cache is on and signals are handled. */
enableCompileCache()
await serve(
  async () => {
    const [{ createSteps }, { createTransports }] = await Promise.all([
      import('../steps/index.ts'),
      import('./transports.ts'),
    ])
    return { apply: createSteps(), createTransports }
  },
  status => process.exit(status),
)
