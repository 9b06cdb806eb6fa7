import { PassThrough } from 'node:stream'
import type { RunEvent, RunListener } from '../../src/model/event.ts'
import type { RunRendererOptions } from '../../src/render/run/renderer.ts'

/** A stream that remembers what was written to it; with a size it passes for a terminal. */
export function capture(size?: { columns: number; rows: number }): PassThrough & { text: () => string } {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return Object.assign(stream, {
    ...(size === undefined ? {} : { isTTY: true, ...size }),
    text: () => Buffer.concat(chunks).toString(),
  })
}

/** Plays events to a renderer; gives what it wrote to stdout and stderr. */
export async function play(
  create: (options: RunRendererOptions) => RunListener,
  events: readonly RunEvent[],
  options: Partial<Omit<RunRendererOptions, 'stdout' | 'stderr'>> = {},
): Promise<{ stdout: string; stderr: string }> {
  const stdout = capture()
  const stderr = capture()
  const defaults = { color: { stdout: false, stderr: false }, verbosity: 0, shape: 'playbook' } as const
  const listener = create({ ...defaults, ...options, stdout, stderr })
  for (const event of events) await listener(event)
  return { stdout: stdout.text(), stderr: stderr.text() }
}
