import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayPublish, publishSourceSchema, type Permissions, type PublishSource } from '#shared/domain/participant.ts'
import { settlePermissions, type Debt } from './settle-permissions.ts'
import { mayAll } from './testing/scripted-livekit.ts'

const all = publishSourceSchema.options
const may = (...canPublishSources: PublishSource[]): Permissions => ({ ...mayAll, canPublishSources })
const nothing: Permissions = { ...mayAll, canPublish: false }
const owed = (hadAll: boolean, ...sources: PublishSource[]): Debt => ({ sources, hadAll })

describe('X6 what is taken from somebody and given back', () => {
  it.each<[string, Permissions, Debt | null, PublishSource[], Permissions | null, Debt | null]>([
    ['of all, what is denied', mayAll, null, ['microphone'], may('camera', 'screen_share', 'screen_share_audio'), owed(true, 'microphone')],
    ['of some, what is denied', may('microphone', 'camera'), null, ['camera'], may('microphone'), owed(false, 'camera')],
    ['everything: then they may not publish, for an empty list means all', mayAll, null, [...all], nothing, owed(true, ...all)],
    ['all they had', may('microphone'), null, ['microphone', 'camera'], nothing, owed(false, 'microphone')],
    ['nothing they did not have', may('microphone'), null, ['camera'], null, null],
    ['nothing from who may publish nothing', nothing, null, ['camera'], null, null],
    [
      'another one, beside what is owed',
      may('camera', 'screen_share'),
      owed(true, 'microphone'),
      ['microphone', 'camera'],
      may('screen_share'),
      owed(true, 'microphone', 'camera'),
    ],
    [
      'what was given anew by somebody else',
      mayAll,
      owed(false, 'microphone'),
      ['microphone'],
      may('camera', 'screen_share', 'screen_share_audio'),
      owed(true, 'microphone'),
    ],
    ['back all: an empty list again', may('camera', 'screen_share', 'screen_share_audio'), owed(true, 'microphone'), [], mayAll, null],
    ['back all that was named', may('camera', 'screen_share', 'screen_share_audio'), owed(false, 'microphone'), [], may(...all), null],
    ['back to who may publish nothing', nothing, owed(false, 'microphone'), [], may('microphone'), null],
    [
      'back what nothing else denies',
      may('screen_share'),
      owed(true, 'microphone', 'camera'),
      ['camera'],
      may('microphone', 'screen_share'),
      owed(true, 'camera'),
    ],
    ['nothing while it is denied', may('camera'), owed(false, 'microphone'), ['microphone'], null, owed(false, 'microphone')],
    ['nothing they have again', may('microphone'), owed(false, 'microphone'), [], null, null],
  ])('%s', (_what, now, debt, denied, next, after) => {
    expect(settlePermissions(now, debt, denied)).toMatchObject({ next, after })
  })

  it('is written down as owed before LiveKit is asked', () => {
    expect(settlePermissions(mayAll, null, ['camera']).before).toEqual(owed(true, 'camera'))
    expect(settlePermissions(may('screen_share'), owed(true, 'microphone', 'camera'), ['camera']).before).toEqual(
      owed(true, 'microphone', 'camera'),
    )
  })

  it('is nothing while measures are not enforced, but what is owed comes back', () => {
    expect(settlePermissions(mayAll, null, ['microphone'], false).next).toBeNull()
    expect(settlePermissions(may('camera'), owed(false, 'microphone'), ['camera'], false).next).toEqual(may('microphone', 'camera'))
  })

  it('comes back exactly, whatever was denied and lifted in between', () => {
    const sources = fc.subarray(all)
    const start = fc.oneof(
      fc.constant(mayAll),
      fc.constant(nothing),
      sources.filter((list) => list.length > 0).map((list) => may(...list)),
    )
    fc.assert(
      fc.property(start, fc.array(sources, { maxLength: 8 }), (before, steps) => {
        let permissions = before
        let debt: Debt | null = null
        for (const denied of [...steps, []]) {
          const settled = settlePermissions(permissions, debt, denied)
          permissions = settled.next ?? permissions
          debt = settled.after
          expect(denied.filter((source) => mayPublish(permissions, source))).toEqual([])
        }
        expect([permissions, debt]).toEqual([before, null])
      }),
    )
  })
})
