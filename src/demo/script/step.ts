import type { PublishSource } from '#shared/domain/participant.ts'
import type { ConnectionQuality } from '#shared/domain/presence.ts'

/** Somebody of the cast. Names are made up. */
export type Person = {
  readonly identity: string
  readonly name: string
  /** `recorder` and `agent` are no people: hidden, and an agent. */
  readonly kind: 'person' | 'recorder' | 'agent'
  readonly attributes: Readonly<Record<string, string>>
  readonly metadata: string
  /** What they may publish; an empty list: nothing at all. */
  readonly sources: readonly PublishSource[]
}

/** One thing that happens in the demo's rooms, as a call to whoever plays it. */
export type Step =
  | {
      readonly type: 'open'
      readonly room: string
      readonly metadata: string
      readonly maxParticipants: number
      readonly departureTimeout: number
    }
  | {
      readonly type: 'join'
      readonly room: string
      readonly person: Person
      readonly publish: readonly PublishSource[]
      readonly muted: boolean
    }
  | { readonly type: 'leave'; readonly room: string; readonly identity: string }
  /** From 0 (silent) to 1. */
  | { readonly type: 'speak'; readonly room: string; readonly identity: string; readonly level: number }
  | { readonly type: 'mute'; readonly room: string; readonly identity: string; readonly muted: boolean }
  | {
      readonly type: 'show'
      readonly room: string
      readonly identity: string
      readonly source: 'camera' | 'screen_share'
      readonly on: boolean
    }
  | { readonly type: 'quality'; readonly room: string; readonly identity: string; readonly quality: ConnectionQuality }

/** What a moderator did to somebody of the cast, as the stage learnt it. */
export type Fact =
  | { readonly type: 'gone'; readonly room: string; readonly identity: string }
  | { readonly type: 'muted'; readonly room: string; readonly identity: string }

/** Where the script is played: bots in a real LiveKit, or the simulator. */
export type Stage = {
  /** Never throws: a step that fits nobody, or that can't be done, is left out. */
  readonly perform: (step: Step) => void
  readonly onFact: (listener: (fact: Fact) => void) => () => void
  readonly close: () => Promise<void>
}
