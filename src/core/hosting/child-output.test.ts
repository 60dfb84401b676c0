import { describe, expect, it } from 'vitest'
import { createLineMemory } from './child-output.ts'

describe('the last telling line', () => {
  it("is the error of a crash, not its stack or Node's version", () => {
    const lines = createLineMemory()
    lines.add('file:///a.js:4\n  throw new Error()\n        ^\n\nError: the port was ta')
    lines.add('ken\n    at run (a.js:4:9) {\n  code: 1\n}\n\nNode.js v24.21.0\n')
    expect(lines.last()).toBe('the port was taken')
  })

  it('is the last line where there is no error, finished or not', () => {
    const lines = createLineMemory()
    lines.add('first\r\nsecond\nthird')
    expect(lines.last()).toBe('third')
  })

  it('is null when nothing was said', () => {
    expect(createLineMemory().last()).toBeNull()
  })
})
