import { TrackSource } from '@livekit/protocol'
import { RoomServiceClient } from 'livekit-server-sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLivekitServer } from '../find-livekit.ts'
import { startLivekitServer } from '../livekit-server.ts'
import type { Fact, Person, Stage } from '../script/step.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { createLivekitStage } from './livekit-stage.ts'
import { createSimulatorStage } from './simulator-stage.ts'

type Backend = { readonly url: string; readonly apiKey: string; readonly apiSecret: string; readonly stop: () => Promise<void> }
type Theatre = { readonly backend: Backend; readonly stage: Stage }

async function simulated(): Promise<Theatre> {
  const backend = await startSimulator({ webhookUrls: [] })
  return { backend, stage: createSimulatorStage(backend) }
}
async function real(): Promise<Theatre> {
  const backend = await startLivekitServer({ binary: findLivekitServer(process.env) ?? '', webhookUrls: [] })
  return { backend, stage: createLivekitStage(backend) }
}

function person(identity: string, sources: Person['sources'], kind: Person['kind'] = 'person'): Person {
  return { identity, name: identity.toUpperCase(), kind, attributes: { role: 'guest' }, metadata: '', sources }
}

function contract(start: () => Promise<Theatre>): void {
  let theatre: Theatre
  let api: RoomServiceClient
  const facts: Fact[] = []

  beforeAll(async () => {
    theatre = await start()
    const { url, apiKey, apiSecret } = theatre.backend
    api = new RoomServiceClient(url, apiKey, apiSecret)
    theatre.stage.onFact((fact) => facts.push(fact))
  }, 20_000)
  afterAll(async () => {
    await theatre.stage.close()
    await theatre.backend.stop()
  })

  const identities = async (room: string) => (await api.listParticipants(room)).map(({ identity }) => identity)
  const tracksOf = async (room: string, identity: string) =>
    (await api.listParticipants(room))
      .flatMap((one) => (one.identity === identity ? one.tracks : []))
      .map(({ source, muted }) => ({ source, muted }))
      .toSorted((a, b) => b.source - a.source)
  const soon = { timeout: 5000 }

  it('opens a room and seats people with what their part may publish', async () => {
    const room = 'seated'
    theatre.stage.perform({ type: 'open', room, metadata: 'about', maxParticipants: 4, departureTimeout: 3 })
    theatre.stage.perform({ type: 'join', room, person: person('mira', ['microphone', 'camera']), publish: ['microphone'], muted: true })
    theatre.stage.perform({ type: 'join', room, person: person('otis', []), publish: [], muted: false })
    theatre.stage.perform({ type: 'join', room, person: person('recorder', [], 'recorder'), publish: [], muted: false })
    await expect.poll(() => tracksOf(room, 'mira'), soon).toEqual([{ source: TrackSource.MICROPHONE, muted: true }])
    await expect.poll(() => identities(room), soon).toHaveLength(3)
    const people = await api.listParticipants(room)
    const permission = (identity: string) => people.find((one) => one.identity === identity)?.permission
    expect(permission('mira')).toMatchObject({
      canPublish: true,
      canPublishSources: [TrackSource.MICROPHONE, TrackSource.CAMERA],
    })
    expect(permission('otis')).toMatchObject({ canPublish: false, hidden: false })
    expect(permission('recorder')).toMatchObject({ canPublish: false, hidden: true, recorder: true })
    expect(people.find(({ identity }) => identity === 'mira')).toMatchObject({ name: 'MIRA', attributes: { role: 'guest' } })
    expect((await api.listRooms([room]))[0]).toMatchObject({ metadata: 'about', maxParticipants: 4, departureTimeout: 3 })

    theatre.stage.perform({ type: 'mute', room, identity: 'mira', muted: false })
    theatre.stage.perform({ type: 'show', room, identity: 'mira', source: 'camera', on: true })
    await expect
      .poll(() => tracksOf(room, 'mira'), soon)
      .toEqual([
        { source: TrackSource.MICROPHONE, muted: false },
        { source: TrackSource.CAMERA, muted: false },
      ])
    theatre.stage.perform({ type: 'show', room, identity: 'mira', source: 'camera', on: false })
    await expect.poll(() => tracksOf(room, 'mira'), soon).toHaveLength(1)
    theatre.stage.perform({ type: 'leave', room, identity: 'mira' })
    await expect.poll(() => identities(room), soon).not.toContain('mira')
    expect(facts).toEqual([])
  })

  it('learns whom a moderator muted and removed', async () => {
    const room = 'moderated'
    theatre.stage.perform({ type: 'join', room, person: person('ines', ['microphone']), publish: ['microphone'], muted: false })
    await expect.poll(() => tracksOf(room, 'ines'), soon).toEqual([{ source: TrackSource.MICROPHONE, muted: false }])
    const sid = (await api.getParticipant(room, 'ines')).tracks[0]?.sid ?? ''
    await api.mutePublishedTrack(room, 'ines', sid, true)
    await expect.poll(() => facts, soon).toEqual([{ type: 'muted', room, identity: 'ines' }])
    await api.removeParticipant(room, 'ines')
    await expect.poll(() => facts.slice(1), soon).toEqual([{ type: 'gone', room, identity: 'ines' }])
    theatre.stage.perform({ type: 'join', room, person: person('ines', ['microphone']), publish: ['microphone'], muted: false })
    await expect.poll(() => tracksOf(room, 'ines'), soon).toEqual([{ source: TrackSource.MICROPHONE, muted: false }])
  })

  it('leaves out what fits nobody', async () => {
    theatre.stage.perform({ type: 'speak', room: 'nowhere', identity: 'nobody', level: 1 })
    theatre.stage.perform({ type: 'leave', room: 'nowhere', identity: 'nobody' })
    expect(await identities('nowhere')).toEqual([])
  })
}

describe('a stage in the simulator', () => {
  contract(simulated)
})
describe.skipIf(!findLivekitServer(process.env))('a stage of bots', () => {
  contract(real)
})
