import { text } from '../ui/text.ts'
import type { Deed } from './make-action.ts'
import type { ParticipantView } from './participant-view.ts'

/** Why each deed can't be done to a person now; null when it can. `byRole` says what holds for everybody in the room. */
export type Blocks = Readonly<Record<Deed, string | null>>

export function blocksFor(byRole: Blocks, isOnline: boolean, view: Pick<ParticipantView, 'audio' | 'video'>): Blocks {
  const away = isOnline ? null : text.actions.away
  return {
    mute: byRole.mute ?? away ?? (view.audio === 'on' ? null : text.actions.nothingToMute),
    stop_video: byRole.stop_video ?? away ?? (view.video === 'on' ? null : text.actions.nothingToStop),
    remove: byRole.remove ?? away,
  }
}
