import { ParticipantInfo_Kind, ParticipantPermission, TrackSource } from '@livekit/protocol'
import { assertNever } from '#shared/lib/assert-never.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { Fact, Person, Stage, Step } from '../script/step.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { trackSources } from '../track-sources.ts'

const kinds = {
  person: ParticipantInfo_Kind.STANDARD,
  recorder: ParticipantInfo_Kind.EGRESS,
  agent: ParticipantInfo_Kind.AGENT,
} as const satisfies Record<Person['kind'], ParticipantInfo_Kind>

function permit({ kind, sources }: Person): ParticipantPermission {
  return new ParticipantPermission({
    canSubscribe: true,
    canPublish: sources.length > 0,
    canPublishData: true,
    canPublishSources: sources.length === Object.keys(trackSources).length ? [] : sources.map((source) => trackSources[source]),
    hidden: kind === 'recorder',
    recorder: kind === 'recorder',
  })
}

/** Plays the script in the simulator's rooms. */
export function createSimulatorStage({ world, presence }: Pick<Simulator, 'world' | 'presence'>): Stage {
  const facts = new Emitter<Fact>()
  const stop = world.interventions.subscribe((intervention) => {
    const { room, identity } = intervention
    if (intervention.type === 'removed') facts.emit({ type: 'gone', room, identity })
    else if (intervention.source === TrackSource.MICROPHONE) facts.emit({ type: 'muted', room, identity })
  })

  function setMuted(room: string, identity: string, muted: boolean): void {
    const microphone = world.participant(room, identity)?.tracks.find(({ source }) => source === TrackSource.MICROPHONE)
    if (microphone) world.setMuted(room, identity, microphone.sid, muted)
  }
  function show(room: string, identity: string, source: TrackSource, on: boolean): void {
    if (on) {
      world.publish(room, identity, source)
      return
    }
    const track = world.participant(room, identity)?.tracks.find((one) => one.source === source)
    if (track) world.unpublish(room, identity, track.sid)
  }
  function perform(step: Step): void {
    switch (step.type) {
      case 'open': {
        const { room: name, metadata, maxParticipants, departureTimeout } = step
        world.createRoom({ name, metadata, maxParticipants, departureTimeout })
        return
      }
      case 'join': {
        const { room, person, publish, muted } = step
        const { identity, name, metadata, attributes } = person
        if (!world.join({ room, identity, name, metadata, attributes, permission: permit(person), kind: kinds[person.kind] })) {
          facts.emit({ type: 'gone', room, identity })
          return
        }
        for (const source of publish) world.publish(room, identity, trackSources[source])
        if (muted) setMuted(room, identity, true)
        return
      }
      case 'leave':
        world.leave(step.room, step.identity)
        return
      case 'speak':
        presence.setLevel(step.room, step.identity, step.level)
        return
      case 'mute':
        setMuted(step.room, step.identity, step.muted)
        return
      case 'show':
        show(step.room, step.identity, trackSources[step.source], step.on)
        return
      case 'quality':
        presence.setQuality(step.room, step.identity, step.quality)
        return
      default:
        assertNever(step, 'step')
    }
  }

  return {
    perform,
    onFact: (listener) => facts.subscribe(listener),
    close: async () => stop(),
  }
}
