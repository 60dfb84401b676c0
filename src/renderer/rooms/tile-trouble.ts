import type { RoomSummary } from '#shared/domain/room.ts'
import { isBreach } from './mark-severity.ts'

/** How loudly a tile asks for attention: by its edge, beside the marks that say why. What was seen too long ago colours nothing. */
export function tileTrouble(room: Pick<RoomSummary, 'attention' | 'worstQuality'>, isOld: boolean): 'none' | 'warn' | 'bad' {
  const quality = isOld ? undefined : room.worstQuality?.quality
  if (quality === 'lost' || room.attention.some((mark) => isBreach(mark.rule))) return 'bad'
  return room.attention.length > 0 || quality === 'poor' ? 'warn' : 'none'
}
