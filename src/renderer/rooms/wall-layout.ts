import type { RoomView } from '../app/preferences-schema.ts'

/** Sizes in px. `column`: the least width of one, the columns share what is left; `head`: what stands over the first line and stays there. */
export type WallLayout = { readonly column: number; readonly line: number; readonly gap: number; readonly head: number }

export const wallLayouts: Readonly<Record<RoomView, WallLayout>> = {
  tiles: { column: 250, line: 118, gap: 10, head: 0 },
  rows: { column: Infinity, line: 34, gap: 0, head: 30 },
}

/** How many columns fit into a width: at least one. */
export function columnsIn(layout: WallLayout, width: number): number {
  return Math.max(1, Math.floor((width + layout.gap) / (layout.column + layout.gap)))
}
