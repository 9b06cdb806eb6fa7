import { DefaultRenderer, Listr, ListrLogger, ProcessOutput } from 'listr2'
import type { LiveArea } from './live.ts'
import type { TtyScreen } from './screen.ts'

/** One task a host, as listr2 sees the run: they do nothing but wait to be told how they ended. */
export interface HostTasks {
  /** @param trouble why the host failed; absent when it came through */
  settle(host: number, trouble?: string): void
  /** Settles what is left and takes the rows off the screen. */
  end(): Promise<void>
}

/** Starts listr2 with a task for each title. It draws into `screen` what `live` tells it to. */
export function startHostTasks(titles: readonly string[], live: LiveArea, screen: TtyScreen): HostTasks {
  const tasks = titles.map(title => ({ title, ...Promise.withResolvers<void>() }))
  // A host may fail before listr2 has begun to look at its task.
  for (const { promise } of tasks) promise.catch(() => {})
  const listr = new Listr(
    tasks.map(({ title, promise }) => ({ title, task: () => promise })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: fleetRenderer(live),
      rendererOptions: { lazy: true, clearOutput: true, logger: loggerOn(screen) },
    },
  )
  // A display that breaks must not break the run.
  const ended = listr.run().catch(() => {})
  return {
    settle: (host, trouble) => {
      if (trouble === undefined) tasks[host]?.resolve()
      else tasks[host]?.reject(new Error(trouble))
    },
    end: async () => {
      for (const task of tasks) task.resolve()
      await ended
      live.stop()
    },
  }
}

/** listr2 must draw on our screen, not on the process's own streams, which it would take over. */
function loggerOn(screen: TtyScreen): ListrLogger {
  const stream = screen.asStream()
  return new ListrLogger({ processOutput: new ProcessOutput(stream, stream) })
}

/**
 * listr2's renderer draws all tasks at every change of any of them, which for a thousand takes minutes. This one
 * draws when the live area says so, and what it says: only rows that fit.
 */
function fleetRenderer(live: LiveArea) {
  return class extends DefaultRenderer {
    /** Whether this is a terminal has been decided before. */
    static override nonTTY = true

    override async render(): Promise<void> {
      await super.render()
      live.start(() => super.update())
    }

    /** Called at every change of a task; the next frame shows it. */
    override update(): void {}

    override create(): string {
      return live.frame()
    }

    override end(): void {
      live.stop()
      super.end()
    }
  }
}
