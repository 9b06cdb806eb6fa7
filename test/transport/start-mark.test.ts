import { expect, test } from 'vitest'
import { StartMark } from '../../src/transport/start-mark.ts'

const MARK = '0123456789abcdef'

test('the mark is found wherever it is cut, and what follows is the step’s own', () => {
  const whole = `banner\n${MARK}[taken /run/drover/lock\n${MARK}4711.own`
  for (let cut = 1; cut < whole.length; cut++) {
    const start = new StartMark(MARK, false)
    const own = [whole.slice(0, cut), whole.slice(cut)].map(text =>
      start.stdout(Buffer.from(text)).toString(),
    )
    expect([own.join(''), start.started, start.lockReport]).toEqual([
      'own',
      { kind: 'started', pid: 4711 },
      'taken /run/drover/lock',
    ])
  }
})

test.each(['7', '[x'])('a start that goes on as %j for ever is none, and is not kept', endless => {
  const start = new StartMark(MARK, false)
  const since = performance.now()
  start.stdout(Buffer.from(MARK + endless))
  const piece = Buffer.from('7')
  for (let at = 0; at < 200_000; at++) start.stdout(piece)
  expect(start.started).toBeUndefined()
  expect(start.noise.length).toBeLessThan(10_000)
  expect(performance.now() - since).toBeLessThan(10_000)
})
