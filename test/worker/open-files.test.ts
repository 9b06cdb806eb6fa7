import { describe, expect, test } from 'vitest'
import { fileBudget, ownFileBudget } from '../../src/worker/file-limit.ts'
import { OpenFiles, type Parkable } from '../../src/worker/open-files.ts'

/** A link in memory: it takes a turn of the event loop to close. */
class Link implements Parkable {
  idle = false
  open = false
  readonly #files: OpenFiles

  constructor(files: OpenFiles) {
    this.#files = files
  }

  async connect(): Promise<this> {
    await this.#files.enterLink(this)
    this.open = true
    this.idle = false
    return this
  }

  unused(): void {
    this.idle = true
    this.#files.makeRoom()
  }

  async park(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    this.open = false
  }
}

const settled = () => new Promise(resolve => setTimeout(resolve, 5))

describe('links', () => {
  test('are opened as far as there is room, and then where another one is not used', async () => {
    const files = new OpenFiles({ links: 2, nodes: 2 })
    const [a, b, c, d] = [0, 1, 2, 3].map(() => new Link(files)) as [Link, Link, Link, Link]
    await Promise.all([a.connect(), b.connect()])
    const third = c.connect()
    const fourth = d.connect()
    await settled()
    expect([a.open, b.open, c.open, d.open]).toEqual([true, true, false, false])
    b.unused()
    await third
    expect([a.open, b.open, c.open, d.open]).toEqual([true, false, true, false])
    const again = b.connect()
    a.unused()
    await fourth
    c.unused()
    await again
    expect([a.open, b.open, c.open, d.open]).toEqual([false, true, false, true])
  })

  test('that are gone leave their room to the first that waits, and those that are not needed wait no more', async () => {
    const files = new OpenFiles({ links: 1, nodes: 1 })
    const [a, b, c] = [0, 1, 2].map(() => new Link(files)) as [Link, Link, Link]
    await a.connect()
    const second = b.connect()
    const third = c.connect()
    files.leaveLink(b)
    await second
    files.leaveLink(a)
    await third
    expect(c.open).toBe(true)
  })

  test('are never more than there is room for, whatever happens', async () => {
    const budget = { links: 5, nodes: 3 }
    const files = new OpenFiles(budget)
    const links = Array.from({ length: 40 }, () => new Link(files))
    let most = 0
    const use = async (link: Link) => {
      const user = new AbortController()
      expect(await files.enterNode(user.signal)).toBe(true)
      await link.connect()
      most = Math.max(most, links.filter(({ open }) => open).length)
      await new Promise(resolve => setImmediate(resolve))
      link.unused()
      files.leaveNode()
    }
    for (let round = 0; round < 3; round++) await Promise.all(links.map(use))
    expect(most).toBe(budget.links)
  })
})

describe('nodes', () => {
  test('wait for their turn, and no longer than they are wanted', async () => {
    const files = new OpenFiles({ links: 1, nodes: 1 })
    const user = new AbortController()
    expect(await files.enterNode(user.signal)).toBe(true)
    const [cancelled, second] = [files.enterNode(user.signal), files.enterNode(new AbortController().signal)]
    user.abort()
    expect(await cancelled).toBe(false)
    files.leaveNode()
    expect(await second).toBe(true)
    files.leaveNode()
    expect(await files.enterNode(user.signal)).toBe(false)
    expect(await files.enterNode(new AbortController().signal)).toBe(true)
  })
})

describe('what a limit of open files allows', () => {
  test.each([
    [64, 24],
    [100, 24],
    [256, 30],
    [1024, 30],
    [1_048_576, 30],
    [Number.MAX_SAFE_INTEGER, 30],
    [16, 24],
  ])('ulimit -n %i, %i of them open', (limit, open) => {
    const { links, nodes } = fileBudget(limit, open)
    expect(nodes).toBeGreaterThanOrEqual(1)
    expect(links).toBeGreaterThanOrEqual(nodes)
    if (limit > 40) expect(open + links + 3 * nodes).toBeLessThan(limit)
  })

  test('of this process', () => {
    expect(ownFileBudget().links).toBeGreaterThan(1)
  })
})
