import { describe, expect, it, vi } from 'vitest'
import type { Profile } from '#shared/domain/profile.ts'
import { createMemorySecrets } from '../testing/memory-secrets.ts'
import { listSecrets, openProfileBook } from './profile-book.ts'
import { noProfiles, summarizeProfile, withoutProfile, withProfile } from './profile-list.ts'

const direct: Profile = {
  kind: 'direct',
  id: 'd',
  name: 'Ours',
  livekitUrl: 'wss://lk.example/rtc',
  apiKey: 'the-key',
  apiSecret: 'the-secret',
  redisUrl: 'redis://:red%20is@cache.example',
}
const team: Profile = { kind: 'team', id: 't', name: 'Team', serverUrl: 'https://sync.example/', token: 'the-token' }

describe('the list of profiles', () => {
  it('adds, replaces in place and removes', () => {
    const both = withProfile(withProfile(noProfiles, direct), team)
    const renamed = withProfile(both, { ...direct, name: 'Renamed' })
    expect(renamed.profiles.map(({ name }) => name)).toEqual(['Renamed', 'Team'])
    expect(withoutProfile({ ...both, selected: 'd' }, 'd')).toEqual({ version: 1, selected: null, profiles: [team] })
    expect(withoutProfile({ ...both, selected: 'd' }, 't').selected).toBe('d')
  })

  it('tells no secret in a summary', () => {
    expect(summarizeProfile(direct, true)).toEqual({
      id: 'd',
      kind: 'direct',
      name: 'Ours',
      address: 'wss://lk.example/rtc',
      selected: true,
    })
    expect(summarizeProfile(team, false)).toEqual({ id: 't', kind: 'team', name: 'Team', address: 'https://sync.example', selected: false })
  })

  it('knows all that is secret', () => {
    expect(listSecrets(direct)).toEqual(['the-key', 'the-secret', 'redis://:red%20is@cache.example', 'red%20is', 'red is'])
    expect(listSecrets(team)).toEqual(['the-token'])
    expect(listSecrets({ ...team, serverUrl: 'https://user:100%sure@sync.example' })).toEqual(['the-token', '100%sure', '100%sure'])
  })
})

describe('the profile book', () => {
  it('runs and offers the demo where nothing is saved, or nothing where there is no fallback', async () => {
    const demo = await openProfileBook(createMemorySecrets(), 'demo', vi.fn())
    expect(demo.selected()).toMatchObject({ kind: 'demo' })
    expect(demo.list()).toEqual([{ id: 'demo', kind: 'demo', name: 'Demo', address: null, selected: true }])
    const none = await openProfileBook(createMemorySecrets(), null, vi.fn())
    expect(none.selected()).toBeNull()
    expect(none.list()).toEqual([])
  })

  it('keeps what was saved and selected for the next start', async () => {
    const secrets = createMemorySecrets()
    const book = await openProfileBook(secrets, 'demo', vi.fn())
    await book.save(direct)
    expect(book.selected()).toMatchObject({ kind: 'demo' })
    const saved = await book.save({ ...team, id: '' })
    const id = saved.ok ? saved.value.id : ''
    expect(id).not.toBe('')
    await book.select(id)
    const next = await openProfileBook(secrets, 'demo', vi.fn())
    expect(next.selected()).toEqual({ ...team, id })
    expect(next.list().map(({ name, selected }) => [name, selected])).toEqual([
      ['Demo', false],
      ['Ours', false],
      ['Team', true],
    ])
    await next.select('demo')
    expect(next.selected()).toMatchObject({ kind: 'demo' })
    await next.select(id)
    await next.remove(id)
    expect(next.selected()).toMatchObject({ kind: 'demo' })
  })

  it('refuses what it does not know and to remove the built-in demo', async () => {
    const book = await openProfileBook(createMemorySecrets(), 'demo', vi.fn())
    expect(await book.select('x')).toMatchObject({ code: 'not_found' })
    expect(await book.remove('x')).toMatchObject({ code: 'not_found' })
    expect(await book.remove('demo')).toMatchObject({ code: 'unsupported' })
  })

  it.each([
    ['no JSON', 'the-secret {'],
    ['another form', JSON.stringify({ version: 1, selected: null, profiles: [{ kind: 'team', token: 'the-secret' }] })],
  ])('takes a text that is %s for none, tells no part of it, and keeps it until a profile is saved', async (_name, text) => {
    const secrets = createMemorySecrets(text)
    const log = vi.fn()
    const book = await openProfileBook(secrets, 'demo', log)
    expect(book.selected()).toMatchObject({ kind: 'demo' })
    expect(log).toHaveBeenCalledTimes(1)
    expect(JSON.stringify(log.mock.calls)).not.toContain('the-secret')
    await book.select('demo')
    expect(secrets.written).toEqual([])
    await book.save(team)
    expect(secrets.written).toHaveLength(1)
  })

  it('takes a store that can’t be read for none', async () => {
    const log = vi.fn()
    const store = { ...createMemorySecrets(), read: () => Promise.reject(new Error('locked: the-secret')) }
    expect((await openProfileBook(store, null, log)).list()).toEqual([])
    expect(JSON.stringify(log.mock.calls)).not.toContain('the-secret')
  })

  it('changes nothing when it can’t be written', async () => {
    const store = { ...createMemorySecrets(), write: () => Promise.reject(new Error('full')) }
    const book = await openProfileBook(store, null, vi.fn())
    expect(await book.save(team)).toMatchObject({ ok: false, code: 'unavailable' })
    expect(book.list()).toEqual([])
  })

  it('loses no change when several come at once', async () => {
    const book = await openProfileBook(createMemorySecrets(), null, vi.fn())
    await Promise.all([book.save(team), book.save(direct), book.select('t')])
    expect(book.list().map(({ id, selected }) => [id, selected])).toEqual([
      ['t', true],
      ['d', false],
    ])
  })
})
