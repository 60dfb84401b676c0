import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '#server/records/database.ts'
import { openOperatorBook, type EndedToken, type OperatorBook } from './operator-book.ts'
import { createOperatorStore, type OperatorStore } from './operator-store.ts'
import { createToken, hashToken } from './operator-token.ts'

let database: Database
let store: OperatorStore
const clock = { now: 1_000_000_000 }
const livekitKeys = [{ key: 'key', secret: 'a secret of thirty-two characters' }]
const books: OperatorBook[] = []
beforeEach(async () => {
  const opened = await openDatabase({ kind: 'memory' })
  if (!opened.ok) throw new Error(opened.message)
  database = opened.value
  store = createOperatorStore(database.queries)
})
afterEach(async () => {
  await Promise.all(books.splice(0).map((book) => book.close()))
  await database.close()
})

async function issue(name: string, expiresAt: number | null = null): Promise<string> {
  const token = createToken()
  const added = await store.add({ name, role: 'support', hash: hashToken(token), createdBy: 'test', createdAt: clock.now, expiresAt })
  if (!added.ok) throw new Error(added.message)
  return token
}

/** A book whose store can be taken away and whose reads are counted. It reads by itself only where `rereadMs` says so. */
async function openBook({
  rereadMs = 3_600_000,
  settings = { admin: null, serviceToken: null, livekitKeys },
}: Partial<Parameters<typeof openOperatorBook>[0]> = {}) {
  const ended: EndedToken[] = []
  const troubles: unknown[] = []
  const state = { reads: 0, away: false, hangs: false, hanging: false, release: () => undefined as void }
  const reach = <T>(work: () => Promise<T>) => (state.away ? Promise.reject(new Error('away')) : work())
  const watched: OperatorStore = {
    ...store,
    tokens: () =>
      reach(() => {
        state.reads += 1
        if (!state.hangs) return store.tokens()
        state.hanging = true
        return new Promise((resolve) => {
          state.release = () => {
            state.hangs = false
            resolve(store.tokens())
          }
        })
      }),
    recordUses: (uses) => reach(() => store.recordUses(uses)),
  }
  const book = await openOperatorBook({
    store: watched,
    settings,
    rereadMs,
    now: () => clock.now,
    onTrouble: (error) => troubles.push(error),
  })
  books.push(book)
  book.revoked.subscribe((one) => ended.push(one))
  return { book, ended, troubles, state }
}

async function lastUse(): Promise<number | null | undefined> {
  return (await store.list())[0]?.lastUsedAt
}

describe('an operator’s token', () => {
  it('tells who it belongs to, and is stored as its hash alone', async () => {
    const token = await issue('ana')
    expect(token).toMatch(/^usher_[\w-]{43}$/)
    const { book } = await openBook()
    expect(await book.authenticate(token)).toMatchObject({ operator: { name: 'ana', role: 'support' } })
    expect(JSON.stringify(await database.queries.selectFrom('operators').selectAll().execute())).not.toContain(token.slice(6))
  })

  it.each([undefined, '', 'usher_', 'x', `usher_${'a'.repeat(43)}`])('is not %s', async (token) => {
    await issue('ana')
    const { book } = await openBook()
    expect(await book.authenticate(token)).toBeNull()
  })

  it('is known at once when it was added elsewhere, and many wrong ones ask the database seldom', async () => {
    const { book, state } = await openBook()
    const token = await issue('ana')
    expect(await book.authenticate(token)).toMatchObject({ operator: { name: 'ana', role: 'support' } })
    const before = state.reads
    expect(await Promise.all(Array.from({ length: 50 }, () => book.authenticate(createToken())))).toEqual(
      Array.from({ length: 50 }, () => null),
    )
    expect(state.reads - before).toBe(1)
    await book.authenticate('not of our form')
    expect(state.reads - before).toBe(1)
  })

  it('ends when it is revoked elsewhere, and who holds connections is told', async () => {
    const token = await issue('ana')
    const { book, ended } = await openBook({ rereadMs: 10 })
    await book.authenticate(token)
    await store.revoke('ana', clock.now)
    await expect.poll(() => ended).toMatchObject([{ name: 'ana', why: 'revoked' }])
    expect(await book.authenticate(token)).toBeNull()
  })

  it('ends when its row is deleted or its role changes', async () => {
    const [ana, ben] = [await issue('ana'), await issue('ben')]
    const { book, ended } = await openBook()
    await database.queries.deleteFrom('operators').where('name', '=', 'ana').execute()
    await database.queries.updateTable('operators').set({ role: 'viewer' }).where('name', '=', 'ben').execute()
    await book.reread()
    expect(ended).toMatchObject([
      { name: 'ana', why: 'revoked' },
      { name: 'ben', why: 'role_changed' },
    ])
    expect(await book.authenticate(ana)).toBeNull()
    expect(await book.authenticate(ben)).toMatchObject({ operator: { name: 'ben', role: 'viewer' } })
  })

  it('is known by its id, also one that was added elsewhere; and it is not that of another token of the name', async () => {
    const first = await issue('ana')
    const { book } = await openBook({ settings: { admin: { name: 'ana', token: 'of the settings' }, serviceToken: null, livekitKeys } })
    const holder = await book.authenticate(first)
    const id = holder?.tokenId ?? ''
    expect(await book.find(id)).toEqual(holder)
    await store.revoke('ana', clock.now)
    await issue('ana')
    await book.reread()
    expect([book.isValid(id), await book.find(id)]).toEqual([false, null])
    const second = await openBook()
    await issue('ben')
    const ben = (await store.tokens()).find(({ name }) => name === 'ben')?.id ?? ''
    expect(second.book.isValid(ben)).toBe(false)
    expect(await second.book.find(ben)).toEqual({ tokenId: ben, operator: { name: 'ben', role: 'support' } })
  })

  it('may do nothing where its role is one of a newer version', async () => {
    const token = await issue('ana')
    await database.queries.updateTable('operators').set({ role: 'auditor' }).execute()
    const { book } = await openBook()
    expect(await book.authenticate(token)).toBeNull()
  })

  it('ends at its expiry to the millisecond, also while the database is away', async () => {
    const token = await issue('ana', clock.now + 1000)
    const { book, ended, state } = await openBook({ rereadMs: 10 })
    clock.now += 999
    expect(await book.authenticate(token)).toMatchObject({ operator: { name: 'ana', role: 'support' } })
    state.away = true
    clock.now += 1
    expect(await book.authenticate(token)).toBeNull()
    await expect.poll(() => ended).toMatchObject([{ name: 'ana', why: 'expired' }])
    await book.reread()
    expect(ended).toHaveLength(1)
  })

  it('ends at its expiry also while the database does not answer, nor says no', async () => {
    await issue('ana', clock.now + 1000)
    const { book, ended, state } = await openBook({ rereadMs: 10 })
    state.hangs = true
    await expect.poll(() => state.hanging).toBe(true)
    clock.now += 1000
    await expect.poll(() => ended).toMatchObject([{ name: 'ana', why: 'expired' }])
    state.release()
    await book.reread()
    expect(ended).toHaveLength(1)
  })

  it('goes on being good while the database is away, which is told once', async () => {
    const token = await issue('ana')
    const { book, ended, troubles, state } = await openBook()
    state.away = true
    await book.reread()
    await book.reread()
    expect(await book.authenticate(token)).toMatchObject({ operator: { name: 'ana', role: 'support' } })
    expect(await book.authenticate(createToken())).toBeNull()
    expect(troubles).toEqual([new Error('away')])
    state.away = false
    await book.reread()
    expect(troubles).toEqual([new Error('away'), null])
    expect(ended).toEqual([])
  })
})

describe('the last use', () => {
  it('is recorded at most once a minute', async () => {
    const token = await issue('ana')
    const { book } = await openBook()
    await book.authenticate(token)
    await book.reread()
    expect(await lastUse()).toBeNull()
    clock.now += 60_000
    await book.authenticate(token)
    await book.reread()
    const recorded = clock.now
    expect(await lastUse()).toBe(recorded)
    clock.now += 59_999
    await book.authenticate(token)
    await book.reread()
    expect(await lastUse()).toBe(recorded)
  })

  it('is recorded when the server ends', async () => {
    const token = await issue('ana')
    const { book } = await openBook()
    await book.authenticate(token)
    await book.close()
    expect(await lastUse()).toBe(clock.now)
  })

  it('is recorded later where the database was away', async () => {
    const token = await issue('ana')
    const { book, state } = await openBook()
    await book.authenticate(token)
    const used = clock.now
    clock.now += 60_000
    state.away = true
    await book.reread()
    state.away = false
    await book.reread()
    expect(await lastUse()).toBe(used)
  })
})

describe('the tokens of the settings', () => {
  it('are good without a row in the database, and nothing near them is; only a long one counts as one that nobody guesses', async () => {
    const { book, state } = await openBook({ settings: { admin: { name: 'admin', token: 'first' }, serviceToken: 'second', livekitKeys } })
    expect(await book.authenticate('first')).toMatchObject({ operator: { name: 'admin', role: 'admin' } })
    expect(await book.authenticate('second')).toMatchObject({ operator: { name: 'service', role: 'service' } })
    const id = (await book.authenticate('first'))?.tokenId ?? ''
    expect(id).not.toContain('first')
    const changed = await openBook({ settings: { admin: { name: 'admin', token: 'other' }, serviceToken: 'first', livekitKeys } })
    expect([book.isValid(id), changed.book.isValid(id)]).toEqual([true, false])
    const long = 'a text of thirty-two characters.'
    const other = await openBook({ settings: { admin: { name: 'admin', token: long }, serviceToken: long.slice(1), livekitKeys } })
    expect(other.book.recognize(long)).toEqual(await other.book.authenticate(long))
    expect(other.book.recognize(long.slice(1))).toBeNull()
    for (const wrong of ['First', 'first ', 'firs', '']) expect(await book.authenticate(wrong)).toBeNull()
    expect(state.reads).toBe(1)
  })
})
