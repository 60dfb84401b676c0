import type { ActionType } from '#shared/domain/action.ts'
import type { MeasureKind } from '#shared/domain/measure.ts'
import type { PublishSource } from '#shared/domain/participant.ts'

/** What a moderator can do to people here. */
export const personDeeds = ['mute', 'stop_video', 'stop_screen', 'message', 'role', 'grant', 'deny', 'remove', 'ban'] as const
export type PersonDeed = (typeof personDeeds)[number]

/** What a moderator can do to a room. */
export const roomDeeds = ['message_all', 'mute_all', 'lock', 'close'] as const
export type RoomDeed = (typeof roomDeeds)[number]

export type Deed = PersonDeed | RoomDeed

/** What a dialog asks for, beside the reason. */
export type DeedField = 'text' | 'role' | 'sources' | 'scope' | 'until' | 'reopen' | 'except'

type DeedSpec = {
  readonly action: ActionType
  /** Whether it asks first even where it is for one person. */
  readonly asks: boolean
  readonly reason: 'needed' | 'optional' | 'none'
  readonly fields: readonly DeedField[]
  /** The sources that it is about from the start. */
  readonly sources: readonly PublishSource[]
  /** What it imposes, which says how long it may hold. */
  readonly measure: MeasureKind | null
  /** It takes something away that people notice: its button is red. */
  readonly isHard: boolean
}

const base = { asks: true, reason: 'optional', fields: [], sources: [], measure: null, isHard: false } as const

/** Everything that sets one deed apart from another. */
export const deedSpecs: Record<Deed, DeedSpec> = {
  mute: { ...base, action: 'mute', asks: false, sources: ['microphone'] },
  stop_video: { ...base, action: 'mute', asks: false, sources: ['camera'] },
  stop_screen: { ...base, action: 'mute', asks: false, sources: ['screen_share', 'screen_share_audio'] },
  message: { ...base, action: 'send_message', reason: 'none', fields: ['text'] },
  role: { ...base, action: 'set_role', fields: ['role'] },
  grant: { ...base, action: 'grant_sources', fields: ['sources'], sources: ['microphone'] },
  deny: {
    ...base,
    action: 'deny_sources',
    reason: 'needed',
    fields: ['sources', 'until', 'scope'],
    sources: ['microphone'],
    measure: 'deny_sources',
    isHard: true,
  },
  remove: { ...base, action: 'remove', reason: 'needed', isHard: true },
  ban: { ...base, action: 'ban', reason: 'needed', fields: ['until', 'scope'], measure: 'ban', isHard: true },
  message_all: { ...base, action: 'send_message', reason: 'none', fields: ['text'] },
  mute_all: { ...base, action: 'mute_all', fields: ['sources', 'except'], sources: ['microphone'] },
  lock: {
    ...base,
    action: 'lock',
    reason: 'needed',
    fields: ['sources', 'until', 'except'],
    sources: ['microphone'],
    measure: 'lock',
    isHard: true,
  },
  close: { ...base, action: 'close_room', reason: 'needed', fields: ['reopen'], measure: 'close', isHard: true },
}

/** The deeds on several people at once. */
export const bulkDeeds: readonly PersonDeed[] = ['mute', 'stop_video', 'message', 'role', 'deny', 'remove', 'ban']

/** How many people something may be for before the count must be typed. */
const COUNT_FROM = 10

/** Whether the number of people it is for must be typed before it is done. */
export function needsCount(deed: Deed, people: number): boolean {
  return deed === 'close' || (people > COUNT_FROM && deed !== 'message_all')
}

export function isRoomDeed(deed: Deed): deed is RoomDeed {
  return (roomDeeds as readonly Deed[]).includes(deed)
}
