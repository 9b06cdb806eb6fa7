import type { RunEvent } from '../../model/event.ts'
import { escapeText } from '../escape.ts'
import { LineSplitter } from './split-lines.ts'

/** Makes whole, escaped lines of the output of all nodes, each stream by itself. */
export class OutputLines {
  readonly #hosts: number
  readonly #open = new Map<number, LineSplitter>()

  /** @param hosts how many hosts the plan has */
  constructor(hosts: number) {
    this.#hosts = hosts
  }

  push(event: RunEvent & { kind: 'node_output' }): readonly string[] {
    const key = this.#key(event.step, event.host, event.stream)
    let splitter = this.#open.get(key)
    if (splitter === undefined) {
      splitter = new LineSplitter()
      this.#open.set(key, splitter)
    }
    return splitter.push(event.text).map(line => escapeText(line, 'tabs'))
  }

  /** What a node left without a line end; its streams are over. */
  end(step: number, host: number, stream: 'stdout' | 'stderr'): readonly string[] {
    const key = this.#key(step, host, stream)
    const rest = this.#open.get(key)?.end() ?? []
    this.#open.delete(key)
    return rest.map(line => escapeText(line, 'tabs'))
  }

  #key(step: number, host: number, stream: 'stdout' | 'stderr'): number {
    return (step * this.#hosts + host) * 2 + (stream === 'stdout' ? 0 : 1)
  }
}
