import { ParticipantPermission } from '@livekit/protocol'
import { describe, expect, it } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { action, openLab, sampleFacts } from './testing/lab.ts'

/** What the feed tells of an operator's action, in short. */
const told = (fed: Awaited<ReturnType<typeof openLab>>['fed']) =>
  fed.map(({ type, data }) => [type, data.participant?.identity, data.operator, data.reason].filter((each) => each !== undefined))
const done = { ok: true, targets: [{ identity: 'ana', ok: true }] }

describe('D3 muting', () => {
  it('mutes every track of the sources it names, also one that it takes for muted: the person may have unmuted it', async () => {
    const { act, livekit, row, fed } = await openLab()
    expect(await act(action('mute', { sources: ['microphone', 'camera'], reason: 'noise' }), 'support')).toMatchObject(done)
    expect(livekit.asked.toSorted()).toEqual(['mute ana TR_ana_cam', 'mute ana TR_ana_mic'])
    expect(row()?.tracks.map(({ muted }) => muted)).toEqual([true, true])
    expect(told(fed)).toEqual([
      ['track_muted', 'ana', 'kim', 'noise'],
      ['track_muted', 'ana', 'kim', 'noise'],
    ])
  })

  it('mutes one track, and unmutes', async () => {
    const { act, livekit, row, fed, held } = await openLab()
    expect(await act(action('mute_track', { trackSid: 'TR_ana_mic' }))).toMatchObject(done)
    expect(await act(action('unmute', { sources: ['camera'] }))).toMatchObject(done)
    expect(livekit.asked).toEqual(['mute ana TR_ana_mic', 'unmute ana TR_ana_cam'])
    expect(row()?.tracks.map(({ source, muted }) => [source, muted])).toEqual([
      ['camera', false],
      ['microphone', true],
    ])
    expect(told(fed).map(([type]) => type)).toEqual(['track_muted', 'track_unmuted'])
    expect(held).toEqual(['hold lobby ana', 'free lobby ana', 'hold lobby ana', 'free lobby ana'])
  })

  it('X6 mutes all microphones, but for who is left out by identity or role, and who publishes none', async () => {
    const { act, livekit, roles } = await openLab([
      'ana',
      'bo',
      'cy',
      sampleFacts('di', { tracks: [] }),
      sampleFacts('eve', { hidden: true }),
    ])
    roles.set('cy', 'HOST')
    const everybody = { identity: undefined }
    expect(await act(action('mute_all', { ...everybody, except: { identities: ['bo'], roles: ['HOST'] } }))).toMatchObject({
      ok: true,
      targets: [{ identity: 'ana', ok: true }],
    })
    expect(livekit.asked.splice(0)).toEqual(['mute ana TR_ana_mic'])
    await act(action('mute_all', { ...everybody, sources: ['camera', 'microphone'] }))
    expect(livekit.asked).toHaveLength(6)
  })
})

describe('S2.4 permissions', () => {
  it('are changed where they are named; the rest stays, also what only LiveKit knows of', async () => {
    const { act, livekit, row, fed } = await openLab()
    const grant = new ParticipantPermission({
      canSubscribe: true,
      canPublish: true,
      canPublishData: true,
      canSubscribeMetrics: true,
      recorder: true,
    })
    livekit.grants.set('ana', grant)
    expect(await act(action('set_permissions', { permissions: { canPublishSources: ['camera'] } }))).toMatchObject(done)
    expect(livekit.grants.get('ana')).toMatchObject({
      canSubscribe: true,
      canPublish: true,
      canPublishData: true,
      canPublishSources: [1],
      canSubscribeMetrics: true,
      recorder: true,
    })
    expect(row()?.permissions.canPublishSources).toEqual(['camera'])
    expect(told(fed)).toEqual([['permission_changed', 'ana', 'kim']])
  })

  it('an operator’s word on sources is theirs: lifting a measure gives them back no more', async () => {
    const { act, measures } = await openLab()
    await act(action('set_permissions', { permissions: { canSubscribe: false } }))
    expect(measures.asked).toEqual([])
    await act(action('set_permissions', { permissions: { canPublishSources: ['camera'] } }))
    expect(measures.asked).toEqual(['by hand PA_ana microphone,screen_share,screen_share_audio'])
  })

  it('nothing is told where nothing was different', async () => {
    const { act, livekit, fed } = await openLab()
    expect(await act(action('set_permissions', { permissions: { canSubscribe: true } }))).toMatchObject(done)
    expect([livekit.asked, fed]).toEqual([[], []])
  })

  it('what a measure denies can’t be given that way: it is named', async () => {
    const { act, livekit } = await openLab([
      sampleFacts('ana', { permissions: { ...sampleFacts('ana').permissions, canPublishSources: ['camera'] } }),
    ])
    await act(action('deny_sources', { scope: 'room', sources: ['microphone'], until: null, reason: 'x' }))
    for (const canPublishSources of [[], ['camera', 'microphone']]) {
      expect(await act(action('set_permissions', { permissions: { canPublishSources } }))).toMatchObject({
        targets: [{ ok: false, code: 'conflict', message: expect.stringContaining('microphone') }],
      })
    }
    expect(await act(action('set_permissions', { permissions: { canPublishSources: ['screen_share'] } }))).toMatchObject(done)
    expect(livekit.asked).toEqual(['update ana'])
  })

  it('what a measure denies and could not take stands in the way of no other change', async () => {
    const { act, row } = await openLab()
    await act(action('deny_sources', { scope: 'room', sources: ['microphone'], until: null, reason: 'x' }))
    expect(await act(action('set_permissions', { permissions: { canPublishData: false } }))).toMatchObject(done)
    expect(row()?.permissions).toMatchObject({ canPublishData: false, canPublishSources: [] })
  })

  it('whoever may publish everything has nothing to be granted, and keeps it all', async () => {
    const { act, livekit, row } = await openLab()
    expect(await act(action('grant_sources', { sources: ['microphone'] }))).toMatchObject(done)
    expect(row()?.permissions.canPublishSources).toEqual([])
    expect(livekit.asked).toEqual([])
  })

  it('granting lifts what denied it and gives just that', async () => {
    const nothing = { ...sampleFacts('ana').permissions, canPublish: false }
    const { act, measures, row } = await openLab([sampleFacts('ana', { permissions: nothing })])
    expect(await act(action('grant_sources', { sources: ['microphone'] }))).toMatchObject(done)
    expect(row()?.permissions).toMatchObject({ canPublish: true, canPublishSources: ['microphone'] })
    expect(await act(action('grant_sources', { sources: ['camera'] }))).toMatchObject(done)
    expect(row()?.permissions.canPublishSources.toSorted()).toEqual(['camera', 'microphone'])
    expect(measures.asked).toEqual([
      'exempt lobby ana microphone',
      'by hand PA_ana microphone',
      'exempt lobby ana camera',
      'by hand PA_ana camera',
    ])
    measures.failWith(fail('forbidden', 'not yours'))
    expect(await act(action('grant_sources', { sources: ['screen_share'] }))).toMatchObject({ targets: [{ ok: false, code: 'forbidden' }] })
    expect(row()?.permissions.canPublishSources).toHaveLength(2)
  })
})

describe('D3 people and rooms', () => {
  it('removes', async () => {
    const { act, row, fed } = await openLab()
    expect(await act(action('remove', { reason: 'spam' }))).toMatchObject(done)
    expect(row()?.online).toBe(false)
    expect(told(fed)[0]).toEqual(['participant_removed', 'ana', 'kim', 'spam'])
  })

  it('gives a role, also to who has left', async () => {
    const { act, roles, fed } = await openLab()
    await act(action('remove', { reason: 'x' }))
    fed.length = 0
    expect(await act(action('set_role', { role: 'HOST' }))).toMatchObject(done)
    expect(roles.get('ana')).toBe('HOST')
    expect(told(fed)).toEqual([['role_changed', 'ana', 'kim']])
  })

  it('sets metadata of somebody, and of the room', async () => {
    const { act, livekit, row, rooms, fed, held } = await openLab()
    expect(await act(action('set_metadata', { metadata: 'hello' }))).toMatchObject(done)
    expect(row()?.metadata).toBe('hello')
    expect(await act(action('set_metadata', { metadata: '' }))).toMatchObject({ targets: [{ ok: false, code: 'unsupported' }] })
    expect(await act(action('set_metadata', { identity: undefined, metadata: 'a room' }))).toMatchObject({ ok: true, targets: [] })
    expect(rooms.newest('lobby').room?.facts.metadata).toBe('a room')
    expect(livekit.asked).toEqual(['update ana hello', 'metadata lobby a room'])
    expect(told(fed)).toEqual([
      ['metadata_changed', 'ana', 'kim'],
      ['room_updated', 'kim'],
    ])
    expect(held).toContain('hold lobby ')
  })

  it('sends a message to one, to some, and to all but hidden ones; the feed tells that, and not what it says', async () => {
    const { act, livekit, fed } = await openLab(['ana', 'bo', sampleFacts('eve', { hidden: true })])
    await act(action('send_message', { text: 'hush <b>' }))
    await act(action('send_message', { identity: undefined, identities: ['ana', 'bo'], text: 'hush' }))
    await act(action('send_message', { identity: undefined, text: 'all' }))
    expect(livekit.data.map(({ identities }) => identities)).toEqual([['ana'], ['ana'], ['bo'], ['ana', 'bo']])
    expect(livekit.data[0]).toMatchObject({ topic: 'usher', text: '{"v":1,"text":"hush <b>"}' })
    expect(told(fed)).toEqual([
      ['message_sent', 'ana', 'kim'],
      ['message_sent', 'ana', 'kim'],
      ['message_sent', 'bo', 'kim'],
      ['message_sent', 'kim'],
    ])
    expect(JSON.stringify(fed)).not.toContain('hush')
  })

  it('closes a room, for now or until a time', async () => {
    const { act, livekit, measures, rooms, fed } = await openLab()
    expect(await act(action('close_room', { reason: 'over' }))).toMatchObject({ ok: true, targets: [] })
    expect(rooms.newest('lobby').room).toBeNull()
    expect(told(fed).at(-1)).toEqual(['room_finished', 'kim', 'over'])
    expect(measures.asked).toEqual([])
    // Nobody is to come back to one that has ended already.
    expect(await act(action('close_room', { reason: 'over', until: null }))).toMatchObject({ ok: true, measureId: measures.held[0]?.id })
    expect(measures.imposed).toEqual([{ kind: 'close', scope: 'room', room: 'lobby', until: null, reason: 'over' }])
    expect(livekit.asked).toEqual(['delete lobby'])
  })
})

describe('X1 what stays in force', () => {
  it('a ban, here or everywhere, of one or several: a measure for each', async () => {
    const { act, measures } = await openLab()
    const here = { scope: 'room', until: 5000, reason: 'x' }
    const one = await act(action('ban', here))
    expect(one).toMatchObject({ ...done, measureId: measures.held[0]?.id })
    const several = { identity: undefined, identities: ['bo', 'cy', 'bo'], room: undefined, scope: 'all', until: 5000, reason: 'x' }
    expect(await act(action('ban', several))).toEqual({
      ok: true,
      actionId: expect.any(String),
      at: expect.any(Number),
      targets: [
        { identity: 'bo', ok: true },
        { identity: 'cy', ok: true },
      ],
    })
    expect(measures.imposed).toEqual([
      { kind: 'ban', scope: 'room', room: 'lobby', identity: 'ana', until: 5000, reason: 'x' },
      { kind: 'ban', scope: 'all', identity: 'bo', until: 5000, reason: 'x' },
      { kind: 'ban', scope: 'all', identity: 'cy', until: 5000, reason: 'x' },
    ])
  })

  it('denied sources, a lock, a change and a lifting', async () => {
    const { act, measures } = await openLab()
    await act(action('deny_sources', { scope: 'room', sources: ['camera'], until: null, reason: 'x' }))
    await act(action('lock', { identity: undefined, sources: ['camera'], except: { roles: ['HOST'] }, until: null, reason: 'y' }))
    expect(measures.imposed).toMatchObject([
      { kind: 'deny_sources', identity: 'ana', sources: ['camera'] },
      { kind: 'lock', scope: 'room', room: 'lobby', sources: ['camera'], except: { roles: ['HOST'] } },
    ])
    const measureId = measures.held[0]?.id
    const about = { identity: undefined, room: undefined, measureId }
    expect(await act(action('edit_measure', { ...about, revision: 1, reason: 'z' }))).toMatchObject({ ok: true, measureId })
    expect(await act(action('lift', about))).toMatchObject({ ok: true, measureId })
    expect(await act(action('lift', { ...about, measureId: 'none' }))).toMatchObject({ ok: false, code: 'not_found' })
    expect(measures.asked.slice(2)).toEqual([`edit ${measureId} 1`, `lift ${measureId}`, 'lift none'])
  })

  it('one that could not be stored was not imposed', async () => {
    const { act, measures } = await openLab()
    measures.failWith(fail('unavailable', 'the database is away'))
    const ban = { scope: 'room', until: null, reason: 'x' }
    expect(await act(action('ban', ban))).toMatchObject({ ok: false, code: 'unavailable' })
    expect(await act(action('ban', { ...ban, identity: undefined, identities: ['ana', 'bo'] }))).toMatchObject({
      ok: true,
      targets: [{ ok: false, code: 'unavailable' }, { ok: false }],
    })
  })
})
