import type { Send } from '../dialogue.ts'
import { sendLocalFile } from './local-file.ts'
import { TAR_END, tarHeader, tarPadding } from './tar-writer.ts'
import type { TreeProgram } from './tree-program.ts'

/** Small pieces are gathered up to here before they are sent. In bytes. */
const PIECE = 128 << 10

/** Sends the tar archive that the commit script reads: the program as the member `run`, then all files. */
export function sendTree({ text, staged }: TreeProgram): Send {
  return async (write, stopped) => {
    const out = gather(write)
    const program = Buffer.from(text)
    await out.add(tarHeader('', 'run', program.length))
    await out.add(program)
    await out.add(tarPadding(program.length))
    for (const { file, folder, name } of staged) {
      if (stopped()) return undefined
      await out.add(tarHeader(folder, name, file.local.size))
      const failure = await sendLocalFile(file.local, out.add, stopped)
      // What was sent so far is no whole archive, so the host throws it away.
      if (failure !== undefined) return failure
      await out.add(tarPadding(file.local.size))
    }
    await out.add(TAR_END)
    await out.flush()
    return undefined
  }
}

function gather(write: (chunk: Buffer) => Promise<void>) {
  let held: Buffer[] = []
  let size = 0
  const flush = async () => {
    const all = Buffer.concat(held)
    held = []
    size = 0
    if (all.length > 0) await write(all)
  }
  const add = async (chunk: Buffer) => {
    held.push(chunk)
    size += chunk.length
    if (size >= PIECE) await flush()
  }
  return { add, flush }
}
