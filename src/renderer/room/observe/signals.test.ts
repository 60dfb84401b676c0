import { describe, expect, it } from 'vitest'
import { makePerson } from '../../testing/make-facts.ts'
import { viewParticipant } from '../participant-view.ts'
import { readPermissions } from './read-permissions.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { applySignals, keepNewer, noSignals, signalsOfPresence, type Signal, type Signals } from './signals.ts'

const bo = makePerson('bo')
const quiet = makePerson('quiet', { tracks: [] })
const applySignal = (signals: Signals, signal: Signal, fact: Participant | undefined) => applySignals(signals, [signal], () => fact, 0)

describe('signals over facts', () => {
  it('S4.5 a mute that was seen counts until the next fact', () => {
    const signals = applySignal(noSignals, { type: 'track_muted', identity: 'bo', trackSid: 'TR_A_bo', muted: true }, bo)
    expect(viewParticipant(bo, signals).audio).toBe('muted')
    expect(viewParticipant({ ...bo }, signals).audio).toBe('on')
  })

  it('S4.5 a fact that comes right after a sighting is older than it; one that comes later is news', () => {
    const seen = applySignals(noSignals, [{ type: 'track_muted', identity: 'bo', trackSid: 'TR_A_bo', muted: true }], () => bo, 5000)
    const fact = { ...bo }
    const audioAt = (ms: number) =>
      viewParticipant(
        fact,
        keepNewer(seen, () => fact, ms),
      ).audio
    expect([audioAt(5010), audioAt(6001)]).toEqual(['muted', 'on'])
    expect(keepNewer(seen, () => bo, 9000)).toBe(seen)
  })

  it('mutes and permissions of one person add up while the fact stays', () => {
    const first = applySignal(noSignals, { type: 'track_muted', identity: 'quiet', trackSid: 'x', muted: true }, quiet)
    const both = applySignal(
      first,
      { type: 'permissions', identity: 'quiet', permissions: { ...quiet.permissions, canPublish: false } },
      quiet,
    )
    expect(viewParticipant(quiet, both)).toMatchObject({ audio: 'denied', video: 'denied' })
    expect(both.overlays.get('quiet')?.muted.get('x')).toBe(true)
  })

  it('X4 who publishes nothing is unknown, not poor, whatever a signal says', () => {
    const signals = applySignal(noSignals, { type: 'quality', identity: 'quiet', quality: 'poor' }, quiet)
    expect(viewParticipant(quiet, signals).quality).toBe('unknown')
    expect(viewParticipant(bo, applySignal(noSignals, { type: 'quality', identity: 'bo', quality: 'poor' }, bo)).quality).toBe('poor')
  })

  it('a batch is followed in its order, and what was held before stays as it was', () => {
    const before = applySignal(noSignals, { type: 'quality', identity: 'bo', quality: 'good' }, bo)
    const after = applySignals(
      before,
      [
        { type: 'quality', identity: 'bo', quality: 'poor' },
        { type: 'quality', identity: 'bo', quality: 'lost' },
        { type: 'left', identity: 'quiet' },
      ],
      () => bo,
      0,
    )
    expect([before.quality.get('bo'), after.quality.get('bo'), after.quality.size]).toEqual(['good', 'lost', 1])
  })

  it('speakers are replaced whole', () => {
    const one = applySignal(noSignals, { type: 'speakers', speakers: [{ identity: 'bo', level: 0.4 }] }, undefined)
    expect(viewParticipant(bo, one).level).toBe(0.4)
    expect(viewParticipant(bo, applySignal(one, { type: 'speakers', speakers: [] }, undefined)).level).toBeNull()
  })

  it('who left speaks no more and has no quality', () => {
    const speaking = applySignal(noSignals, { type: 'speakers', speakers: [{ identity: 'bo', level: 1 }] }, undefined)
    const left = applySignal(
      applySignal(speaking, { type: 'quality', identity: 'bo', quality: 'good' }, bo),
      { type: 'left', identity: 'bo' },
      bo,
    )
    expect([left.speaking.size, left.quality.size]).toEqual([0, 0])
    expect(viewParticipant({ ...bo, isOnline: false }, speaking).level).toBeNull()
  })

  it('presence of the server has the same form', () => {
    const signals = signalsOfPresence(
      {
        room: 'r',
        at: 1,
        speaking: [{ identity: 'bo', level: 0.5 }],
        quality: [{ identity: 'bo', quality: 'lost' }],
      },
      false,
    )
    expect(viewParticipant(bo, signals)).toMatchObject({ level: 0.5, quality: 'lost', audio: 'on' })
    expect(viewParticipant(bo, signals)).toMatchObject({ spokeAt: null, qualityAt: null })
    expect(signalsOfPresence(null, false)).toBe(noSignals)
  })

  it('presence that is old shows nobody as speaking: who spoke then, and when the quality was seen', () => {
    const presence = {
      room: 'r',
      at: 7,
      speaking: [{ identity: 'bo', level: 0.5 }],
      quality: [{ identity: 'bo', quality: 'lost' as const }],
    }
    const old = signalsOfPresence(presence, true)
    expect(viewParticipant(bo, old)).toMatchObject({ level: null, spokeAt: 7, quality: 'lost', qualityAt: 7 })
    expect(viewParticipant(quiet, old)).toMatchObject({ level: null, spokeAt: null })
    expect(viewParticipant({ ...bo, isOnline: false }, old).spokeAt).toBeNull()
  })

  it.each([
    [[], { microphone: true, camera: true }],
    [[2], { microphone: true, camera: false }],
    [[1, 9], { microphone: false, camera: true }],
  ])('a permission of the protocol with the sources %j is read', (canPublishSources, may) => {
    const permissions = readPermissions({
      canSubscribe: true,
      canPublish: true,
      canPublishData: true,
      canPublishSources,
      canUpdateMetadata: false,
    })
    const view = viewParticipant(quiet, applySignal(noSignals, { type: 'permissions', identity: 'quiet', permissions }, quiet))
    expect({ microphone: view.audio === 'off', camera: view.video === 'off' }).toEqual(may)
  })
})
