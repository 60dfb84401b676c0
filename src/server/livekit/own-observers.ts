import type { ParticipantFacts } from '#server/rooms/room-model.ts'

const PREFIX = 'usher-observer-'

/** The identity of an observer of ours; `suffix` tells it from the others. */
export function observerIdentity(suffix: string): string {
  return `${PREFIX}${suffix}`
}

/**
 * Whether this is an observer of Usher's, of this service or of another one. Nobody but who has LiveKit's key can be hidden, so nobody can pass for one.
 * They come and go all the time and change no room: what is told of them is not kept.
 */
export function isOwnObserver({ identity, hidden, kind }: Pick<ParticipantFacts, 'identity' | 'hidden' | 'kind'>): boolean {
  return hidden && kind === 'agent' && identity.startsWith(PREFIX)
}
