import { describe, expect, it } from 'vitest'
import type { Measure } from '#shared/domain/measure.ts'
import { judge } from './verdict.ts'

const measure = (kind: Measure['kind'], until: number | null, sources: Measure['sources'] = []): Measure => ({
  ...{
    id: `${kind} ${until}`,
    kind,
    scope: 'room',
    room: 'lobby',
    identity: 'ana',
    sources,
    until,
    reason: '',
    by: 'kim',
    at: 1,
    revision: 1,
  },
})

describe('X1 what is in force for somebody', () => {
  it.each<[string, readonly Measure[], object]>([
    ['nothing', [], { banned: false, closed: false, deniedSources: [], until: null }],
    ['a ban, until when', [measure('ban', 50)], { banned: true, closed: false, until: 50 }],
    ['of two bans the later end, whichever came first', [measure('ban', 90), measure('ban', 50)], { banned: true, until: 90 }],
    ['a ban without end outlasts every other', [measure('ban', 90), measure('ban', null)], { banned: true, until: null }],
    ['a closed room', [measure('close', 70)], { banned: true, closed: true, until: 70 }],
    ['a ban beside a closed room is about them', [measure('close', 70), measure('ban', 50)], { banned: true, closed: false, until: 70 }],
    [
      'denied sources, each once',
      [measure('deny_sources', 50, ['camera']), measure('lock', 90, ['camera', 'microphone'])],
      { banned: false, deniedSources: ['microphone', 'camera'], until: 90 },
    ],
    [
      'until the first of the sources is free',
      [measure('deny_sources', 50, ['camera']), measure('lock', 90, ['microphone'])],
      { until: 50 },
    ],
    [
      'denied without end',
      [measure('lock', null, ['camera']), measure('lock', 50, ['camera'])],
      { deniedSources: ['camera'], until: null },
    ],
  ])('%s', (_what, measures, expected) => {
    expect(judge(measures)).toMatchObject(expected)
  })
})
