import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NodeQueue } from '../../src/engine/queue.ts'

test('first in, first out, however it grows and wraps', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(2 ** 32 - 1), fc.constant('shift' as const))), operations => {
      const queue = new NodeQueue()
      const plain: number[] = []
      for (const operation of operations) {
        if (operation === 'shift') expect(queue.shift()).toBe(plain.shift())
        else {
          queue.push(operation)
          plain.push(operation)
        }
        expect(queue.size).toBe(plain.length)
      }
    }),
  )
})
