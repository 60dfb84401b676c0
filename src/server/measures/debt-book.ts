import type { PublishSource } from '#shared/domain/participant.ts'
import type { DebtStore, Debtor } from './debt-store.ts'
import type { EarlierDebt } from './inherit-debts.ts'
import type { Debt } from './settle-permissions.ts'

/** The longest that is kept of what was taken from a stay that nobody sees any more, ms. */
const KEPT_MS = 24 * 3_600_000

/** What is owed, also while the database is away: then what is taken meanwhile is kept in memory until it can be written. Never throws. */
export type DebtBook = {
  readonly of: (sid: string) => Promise<Debt | null>
  readonly write: (debtor: Debtor, debt: Debt | null) => Promise<void>
  /** What is owed to whom, of a person or a room or of all; while the database is away only what was taken since. */
  readonly list: DebtStore['list']
  /** Earlier stays of the same person in the room are owed nothing any more; this one takes what `inherit` makes of that, beside what it is owed itself. */
  readonly handOver: (debtor: Debtor, inherit: (earlier: readonly EarlierDebt[]) => Debt | null) => Promise<void>
  /** These sources are not owed to this stay any more; while the database is away they still are. */
  readonly forget: (debtor: Debtor, sources: readonly PublishSource[]) => Promise<void>
  /** Writes what waits, and forgets the stays that nobody sees any more. */
  readonly tidy: (isThere: (debtor: Debtor) => boolean) => Promise<void>
}

export function createDebtBook(store: DebtStore, now: () => number): DebtBook {
  const unwritten = new Map<string, { readonly debtor: Debtor; readonly debt: Debt }>()

  async function of(sid: string): Promise<Debt | null> {
    const stored = await store.of(sid).catch(() => null)
    return sum(stored, unwritten.get(sid)?.debt ?? null)
  }

  async function write(debtor: Debtor, debt: Debt | null): Promise<void> {
    try {
      await store.write(debtor, debt, now())
      unwritten.delete(debtor.sid)
    } catch {
      if (debt) unwritten.set(debtor.sid, { debtor, debt })
      else unwritten.delete(debtor.sid)
    }
  }

  const list: DebtStore['list'] = async (whose = {}) => {
    const stored = await store.list(whose).catch(() => [])
    const known = new Set(stored.map(({ sid }) => sid))
    const waiting = [...unwritten.values()].filter(({ debtor }) => !known.has(debtor.sid) && isOf(debtor, whose))
    return [...stored, ...waiting.map(({ debtor, debt }) => ({ ...debtor, ...debt, at: now() }))]
  }

  return {
    of,
    write,
    list,
    async handOver(debtor, inherit) {
      const { sid, room, identity } = debtor
      const earlier = (await list({ room, identity })).filter((debt) => debt.sid !== sid)
      if (earlier.length === 0) return
      const inherited = inherit(earlier)
      // First, so that after a crash in between it is owed to both, rather than to nobody.
      if (inherited) await write(debtor, sum(await of(sid), inherited))
      for (const debt of earlier) await write(debt, null)
    },
    async forget(debtor, sources) {
      const debt = await of(debtor.sid)
      const left = debt?.sources.filter((source) => !sources.includes(source)) ?? []
      if (!debt || left.length === debt.sources.length) return
      await write(debtor, left.length === 0 ? null : { ...debt, sources: left })
    },
    async tidy(isThere) {
      for (const { debtor } of unwritten.values()) await write(debtor, await of(debtor.sid))
      const owed = await store.list().catch(() => [])
      for (const debt of owed) if (debt.at < now() - KEPT_MS && !isThere(debt)) await store.write(debt, null, now()).catch(() => undefined)
    },
  }
}

function isOf(
  debtor: Debtor,
  { room = debtor.room, identity = debtor.identity }: { readonly room?: string; readonly identity?: string },
): boolean {
  return debtor.room === room && debtor.identity === identity
}

function sum(one: Debt | null, other: Debt | null): Debt | null {
  if (!one || !other) return one ?? other
  const sources: readonly PublishSource[] = [...new Set([...one.sources, ...other.sources])]
  return { sources, hadAll: one.hadAll || other.hadAll }
}
