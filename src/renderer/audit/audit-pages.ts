import type { AuditEntry, AuditPage } from '#shared/contract/http-audit.ts'

/** The audit as far as it was read, newest first. `fresh`: what came since, kept back so that nothing moves under the hand. */
export type AuditPages = {
  readonly entries: readonly AuditEntry[]
  readonly next: string | null
  readonly fresh: readonly AuditEntry[]
  /** Where to go on after `fresh`, where that does not reach down to what is shown; else null. */
  readonly gap: string | null
}

/** The first page, alone. */
export function firstPage(page: AuditPage): AuditPages {
  return { entries: page.entries, next: page.next ?? null, fresh: [], gap: null }
}

/** The pages with an older one at their end. */
export function addPage(pages: AuditPages, page: AuditPage): AuditPages {
  const known = new Set(pages.entries.map(({ seq }) => seq))
  return { ...pages, entries: [...pages.entries, ...page.entries.filter(({ seq }) => !known.has(seq))], next: page.next ?? null }
}

/** The pages after the first one was read again: rows that are shown are brought up to date in their place, new ones wait. */
export function takeNewest(pages: AuditPages, page: AuditPage): AuditPages {
  const [shown] = pages.entries
  if (shown === undefined) return firstPage(page)
  const read = new Map(page.entries.map((entry) => [entry.seq, entry]))
  const fresh = page.entries.filter(({ seq }) => seq > shown.seq)
  const reaches = page.entries.some(({ seq }) => seq <= shown.seq) || page.next === undefined
  return { ...pages, entries: pages.entries.map((entry) => read.get(entry.seq) ?? entry), fresh, gap: reaches ? null : (page.next ?? null) }
}

/** The pages with what waited at their top. Where something in between was never read, what was shown before goes: it is loaded again by going down. */
export function showFresh({ entries, next, fresh, gap }: AuditPages): AuditPages {
  return gap === null
    ? { entries: [...fresh, ...entries], next, fresh: [], gap: null }
    : { entries: fresh, next: gap, fresh: [], gap: null }
}
