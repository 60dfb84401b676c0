import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createOperatorStore, type NewOperator, type OperatorStore } from '../operator-store.ts'

const ana: NewOperator = { name: 'ana', role: 'moderator', hash: 'hash of ana', createdBy: 'root', createdAt: 1000, expiresAt: null }

/** What holds for operators in any database. */
export function describeOperatorStore(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`operators in ${kind}`, () => {
    let database: Database
    let store: OperatorStore
    beforeEach(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
      store = createOperatorStore(database.queries)
    })
    afterEach(() => database.close())

    async function idOf(name: string): Promise<string> {
      const found = (await store.tokens()).find((token) => token.name === name)
      if (!found) throw new Error(`${name} has no token`)
      return found.id
    }

    it('keeps the hash of a token for who asks for tokens, and lists the rest', async () => {
      expect(await store.add({ ...ana, expiresAt: 2 ** 45 })).toMatchObject({ ok: true, value: { name: 'ana', lastUsedAt: null } })
      expect(await store.tokens()).toMatchObject([{ name: 'ana', role: 'moderator', hash: 'hash of ana', expiresAt: 2 ** 45 }])
      const listed = await store.list()
      expect(listed).toEqual([
        { name: 'ana', role: 'moderator', createdAt: 1000, createdBy: 'root', lastUsedAt: null, expiresAt: 2 ** 45, revokedAt: null },
      ])
      expect(JSON.stringify(listed)).not.toContain('hash')
    })

    it('has no two valid tokens of one name, also when both are added at once', async () => {
      const both = await Promise.all([store.add(ana), store.add({ ...ana, hash: 'another' })])
      expect(both.map((result) => (result.ok ? 'added' : result.code)).toSorted()).toEqual(['added', 'conflict'])
      expect(await store.tokens()).toHaveLength(1)
    })

    it('gives a name again once its token was revoked, beside the old row', async () => {
      await store.add(ana)
      expect(await store.revoke('ana', 2000)).toBe(true)
      expect(await store.tokens()).toEqual([])
      expect(await store.add({ ...ana, hash: 'new', createdAt: 3000 })).toMatchObject({ ok: true })
      expect((await store.list()).map(({ createdAt, revokedAt }) => ({ createdAt, revokedAt }))).toEqual([
        { createdAt: 3000, revokedAt: null },
        { createdAt: 1000, revokedAt: 2000 },
      ])
    })

    it('gives a name again once its token has expired, and revokes that one', async () => {
      await store.add({ ...ana, expiresAt: 2000 })
      expect(await store.add({ ...ana, hash: 'too early', createdAt: 1999 })).toMatchObject({ ok: false, code: 'conflict' })
      expect(await store.add({ ...ana, hash: 'new', createdAt: 2000 })).toMatchObject({ ok: true })
      expect((await store.tokens()).map(({ hash }) => hash)).toEqual(['new'])
      expect((await store.list()).map(({ revokedAt }) => revokedAt)).toEqual([null, 2000])
    })

    it('revokes nothing of that name twice, and nothing of another', async () => {
      await store.add(ana)
      expect(await store.revoke('ANA', 2000)).toBe(false)
      expect(await store.revoke('ana', 2000)).toBe(true)
      expect(await store.revoke('ana', 3000)).toBe(false)
      expect((await store.list()).map(({ revokedAt }) => revokedAt)).toEqual([2000])
    })

    it('records when tokens were used and never takes a time back', async () => {
      await store.add(ana)
      await store.add({ ...ana, name: 'ben', hash: 'hash of ben' })
      const [a, b] = [await idOf('ana'), await idOf('ben')]
      await Promise.all([
        store.recordUses(
          new Map([
            [a, 5000],
            [b, 6000],
          ]),
        ),
        store.recordUses(
          new Map([
            [b, 6500],
            [a, 4000],
          ]),
        ),
      ])
      await store.recordUses(new Map([['of nobody', 1]]))
      expect((await store.list()).map(({ name, lastUsedAt }) => [name, lastUsedAt])).toEqual([
        ['ana', 5000],
        ['ben', 6500],
      ])
    })

    it.each(['a:b {c} %d', '__proto__', '👩‍🚀 Zoë', "'; drop table operators; --"])('takes %s for just a name', async (name) => {
      expect(await store.add({ ...ana, name })).toMatchObject({ ok: true })
      expect((await store.list()).map((listed) => listed.name)).toEqual([name])
      expect(await store.revoke(name, 2000)).toBe(true)
    })
  })
}
