/** Whom the moderator has chosen: the row the keys are on, where a range begins, and everybody chosen. It survives every update: who leaves stays chosen, and is shown as gone. */
export type Selection = { readonly cursor: string | null; readonly anchor: string | null; readonly chosen: ReadonlySet<string> }

export const noSelection: Selection = { cursor: null, anchor: null, chosen: new Set() }

/** How a row is chosen: alone; it turned over beside the others (Ctrl, Cmd, Space); or all from the anchor to it (Shift). */
export type Choice = 'only' | 'toggle' | 'range'

/** The selection after a row is chosen. `order`: the rows as they stand on the screen. */
export function choose(selection: Selection, identity: string, choice: Choice, order: readonly string[]): Selection {
  switch (choice) {
    case 'only':
      return { cursor: identity, anchor: identity, chosen: new Set([identity]) }
    case 'toggle': {
      const chosen = new Set(selection.chosen)
      if (!chosen.delete(identity)) chosen.add(identity)
      return { cursor: identity, anchor: identity, chosen }
    }
    case 'range': {
      const anchor = selection.anchor ?? identity
      return { cursor: identity, anchor, chosen: new Set(between(order, anchor, identity)) }
    }
  }
}

/** The keys are on another row, and what is chosen stays. */
export function moveCursor(selection: Selection, cursor: string): Selection {
  return { ...selection, cursor }
}

/** Everybody on the screen is chosen. */
export function chooseAll(selection: Selection, order: readonly string[]): Selection {
  return { cursor: selection.cursor ?? order[0] ?? null, anchor: selection.anchor ?? order[0] ?? null, chosen: new Set(order) }
}

/** Whom a key on the table means: everybody chosen, or who the keys are on. */
export function meantBy({ cursor, chosen }: Selection): readonly string[] {
  if (chosen.size > 1 || cursor === null) return [...chosen]
  return chosen.size === 1 && !chosen.has(cursor) ? [...chosen] : [cursor]
}

function between(order: readonly string[], from: string, to: string): readonly string[] {
  const a = order.indexOf(from)
  const b = order.indexOf(to)
  if (a === -1 || b === -1) return [to]
  return order.slice(Math.min(a, b), Math.max(a, b) + 1)
}
