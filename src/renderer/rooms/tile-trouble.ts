import type { RoomSummary } from '#shared/domain/room.ts'

/** How loudly a tile asks for attention: by its edge, beside the marks that say why. */
export function tileTrouble(room: Pick<RoomSummary, 'attention' | 'worstQuality'>): 'none' | 'warn' | 'bad' {
  const quality = room.worstQuality?.quality
  if (quality === 'lost') return 'bad'
  return room.attention.length > 0 || quality === 'poor' ? 'warn' : 'none'
}
