import { ParticipantInfo_Kind, TrackSource, type ParticipantInfo } from '@livekit/protocol'
import type { ConnectionQuality, Presence } from '#shared/domain/presence.ts'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import type { World } from './world.ts'

/** LiveKit tells speakers every 500 ms and quality every 5 s; so does this. */
const SPEAKERS_MS = 500
const QUALITY_MS = 5000

function isHeard(participant: ParticipantInfo): boolean {
  return participant.tracks.some((track) => track.source === TrackSource.MICROPHONE && !track.muted)
}

/** Who speaks how loudly and how each connection fares in a simulated world, told room by room. */
export class PresenceSource {
  readonly #world: World
  readonly #changes = new Emitter<Presence>()
  /** Room, then identity; what was set here for somebody who is gone is forgotten with them. */
  readonly #levels = new Map<string, Map<string, number>>()
  readonly #quality = new Map<string, Map<string, ConnectionQuality>>()
  readonly #stale = new Set<string>()
  readonly #timer: NodeJS.Timeout
  readonly #forget: Unsubscribe
  #ticks = 0

  constructor(world: World) {
    this.#world = world
    this.#forget = world.departures.subscribe(({ room, identity }) => {
      this.#levels.get(room)?.delete(identity)
      this.#quality.get(room)?.delete(identity)
      this.#stale.add(room)
    })
    this.#timer = setInterval(() => this.#tick(), SPEAKERS_MS)
  }

  /** How loudly somebody speaks, from 0 (not at all) to 1. Muted, nobody hears it. */
  setLevel(room: string, identity: string, level: number): void {
    const levels = this.#levels.get(room) ?? new Map<string, number>()
    this.#levels.set(room, levels)
    if (level > 0) levels.set(identity, level)
    else levels.delete(identity)
    this.#stale.add(room)
  }

  /** How somebody's connection fares while they publish; `excellent` if never set. */
  setQuality(room: string, identity: string, quality: ConnectionQuality): void {
    const qualities = this.#quality.get(room) ?? new Map<string, ConnectionQuality>()
    this.#quality.set(room, qualities)
    qualities.set(identity, quality)
    this.#stale.add(room)
  }

  /** Called with whole rooms, each at most twice a second. */
  follow(listener: (presence: Presence) => void): Unsubscribe {
    return this.#changes.subscribe(listener)
  }

  dispose(): void {
    clearInterval(this.#timer)
    this.#forget()
  }

  #tick(): void {
    this.#ticks += 1
    const everyRoom = this.#ticks % (QUALITY_MS / SPEAKERS_MS) === 0
    for (const { name } of this.#world.rooms()) {
      const speaking = (this.#levels.get(name)?.size ?? 0) > 0
      if (everyRoom || speaking || this.#stale.has(name)) this.#changes.emit(this.observe(name))
    }
    this.#stale.clear()
  }

  /** A room as it is now, for who has just begun to follow. */
  observe(room: string): Presence {
    const visible = this.#world
      .participants(room)
      .filter((one) => one.kind === ParticipantInfo_Kind.STANDARD && one.permission?.hidden !== true)
    const levels = this.#levels.get(room)
    const speaking = visible.flatMap((one) => {
      const level = levels?.get(one.identity)
      // A voice swells and fades within its level.
      return level !== undefined && isHeard(one) ? [{ identity: one.identity, level: level * (0.55 + 0.45 * Math.random()) }] : []
    })
    const quality = visible.map((one) => ({
      identity: one.identity,
      quality: one.tracks.length === 0 ? ('unknown' as const) : (this.#quality.get(room)?.get(one.identity) ?? ('excellent' as const)),
    }))
    return { room, at: Date.now(), speaking: speaking.toSorted((a, b) => b.level - a.level), quality }
  }
}
