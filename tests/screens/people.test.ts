import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import type { FoundPerson } from '#shared/contract/http-people.ts'
import type { IpcReply } from '#shared/contract/ipc.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { actionSchema } from '#shared/domain/action.ts'
import { fail } from '#shared/domain/failure.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { event, snapshot, summary } from './sample-data.ts'
import { LONG_NAME, personOnRecord } from './sample-records.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

function found(): FoundPerson[] {
  const now = Date.now()
  return [
    { identity: 'user-0007', name: 'Tomás Vidal', rooms: ['lobby'], lastSeenAt: now },
    { identity: 'a/b 🎧 سارة', name: 'Tom/Tom', rooms: ['lobby', 'town hall'], lastSeenAt: now },
    { identity: LONG_NAME, name: LONG_NAME, rooms: [], lastSeenAt: now - 9e8 },
    { identity: 'tomorrow', name: '', rooms: [], lastSeenAt: null },
  ]
}
function makeHost(change: Partial<SessionSnapshot> = {}): FakeHost {
  const host = new FakeHost(snapshot([summary('lobby')], change))
  host.answer('search_people', () => ({ ok: true, value: { people: found(), more: true } }))
  host.answer('read_person', () => ({ ok: true, value: personOnRecord() }))
  return host
}

describe.skipIf(peers.chromium === null)('people', () => {
  it('D5 finds by what is typed, who is live first, and opens by keys alone, whatever they are called', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/people' })
    const field = page.getByTestId('people-search')
    await field.focus()
    await page.keyboard.type('tom', { delay: 20 })
    const options = page.getByTestId('found')
    await options.nth(3).waitFor()
    expect(host.calls.filter(({ name }) => name === 'search_people').map(({ payload }) => payload)).toEqual([{ q: 'tom' }])
    expect(await options.nth(0).innerText()).toContain('in lobby')
    expect(await options.nth(1).innerText()).toContain('in 2 rooms')
    expect(await options.nth(2).innerText()).toContain('seen 10 d ago')
    expect(await options.nth(3).innerText()).toContain('never came')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await field.getAttribute('aria-activedescendant')).toBe('found-person-1')
    await page.keyboard.press('Enter')
    expect(await host.nextCall('read_person')).toMatchObject({ payload: { identity: 'a/b 🎧 سارة' } })
    expect(page.url()).toContain('#/people/a%2Fb%20')
  })

  it('Enter waits for the answer to what is typed: it opens nobody who was found for something else', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/people' })
    await page.getByTestId('people-search').fill('tom')
    await page.getByTestId('found').first().waitFor()
    const answer = Promise.withResolvers<IpcReply>()
    host.answer('search_people', () => answer.promise)
    await page.getByTestId('people-search').fill('bo')
    await page.keyboard.press('Enter')
    await expect.poll(() => host.calls.findLast(({ name }) => name === 'search_people')?.payload).toEqual({ q: 'bo' })
    expect(page.url()).toMatch(/#\/people$/)
    answer.resolve({ ok: true, value: { people: [{ identity: 'bo', name: 'Bo', rooms: [], lastSeenAt: null }], more: false } })
    expect(await host.nextCall('read_person')).toMatchObject({ payload: { identity: 'bo' } })
  })

  it('nobody of that name is said plainly, and so is a search that failed', async () => {
    const host = makeHost()
    host.answer('search_people', () => ({ ok: true, value: { people: [], more: false } }))
    const page = await open(host, { path: '/people' })
    await page.getByTestId('people-search').fill('zzz')
    expect(await page.getByTestId('people-none').innerText()).toContain('Nobody is called that')
    host.answer('search_people', () => fail('unavailable', 'the database does not answer'))
    await page.getByTestId('people-search').fill('zzzz')
    expect(await page.getByTestId('people-refused').innerText()).toContain('the database does not answer')
  })

  it('S2.6 a person’s page has rooms, notes, measures, stays and what was done; a link leads to them in their room', async () => {
    const page = await open(makeHost(), { path: '/people/user-0007' })
    const panel = page.getByTestId('person-panel')
    await panel.getByRole('heading', { name: 'Tomás Vidal' }).waitFor()
    const stays = panel.getByTestId('stay')
    expect(await stays.nth(0).innerText()).toContain('still there')
    expect(await stays.nth(0).innerText()).toContain('2×')
    expect(await stays.nth(1).innerText()).toContain('not observed')
    expect(await stays.nth(2).innerText()).toContain('8 % poor')
    const measures = panel.getByTestId('person-measure')
    expect(await measures.nth(0).innerText()).toMatch(/\d:\d\d:\d\d left/)
    expect(await measures.nth(1).innerText()).toContain('ran out')
    expect(await measures.nth(2).innerText()).toContain('lifted by bo')
    expect(await panel.getByTestId('note').innerText()).toContain('<script>alert(1)</script>')
    expect(await panel.getByTestId('audit-entry').count()).toBe(4)
    expect(await panel.getByTestId('record').nth(1).innerText()).toContain('speak, show video')
    await panel.getByTestId('rooms-now').getByRole('link').first().click()
    expect(page.url()).toMatch(/#\/room\/lobby\/person\/user-0007$/)
  })

  it('a note is added, and one that could not be stays in its field', async () => {
    const host = makeHost()
    host.answer('add_note', () => fail('unavailable', 'the database does not answer'))
    const page = await open(host, { path: '/people/user-0007' })
    const field = page.getByTestId('note-text')
    await field.fill('Asked kindly\ntwice')
    await page.getByTestId('note-add').click()
    await page.getByTestId('note-problem').getByText('Not added: the database does not answer').waitFor()
    expect(await field.inputValue()).toBe('Asked kindly\ntwice')
    const added = { id: 'n2', at: Date.now(), by: 'ana', text: 'Asked kindly\ntwice' }
    host.answer('add_note', () => ({ ok: true, value: added }))
    host.answer('read_person', () => ({ ok: true, value: personOnRecord({ notes: [added, ...personOnRecord().notes] }) }))
    await page.getByTestId('note-add').click()
    await page.getByTestId('note').nth(1).waitFor()
    expect(await field.inputValue()).toBe('')
  })

  it('an admin erases somebody once the identity is typed', async () => {
    const host = makeHost()
    host.answer('erase_person', () => ({ ok: true, value: { erased: 12 } }))
    const page = await open(host, { path: '/people/user-0007' })
    await page.getByTestId('erase').click()
    await page.getByTestId('erase-identity').and(page.locator(':focus')).waitFor()
    await page.keyboard.type('user-000')
    await page.keyboard.press('Enter')
    await page.getByText('That is not the identity.').waitFor()
    expect(host.calls.filter(({ name }) => name === 'erase_person')).toEqual([])
    await page.keyboard.type('7')
    host.answer('read_person', () => fail('not_found', 'nothing is on record of that identity'))
    await page.keyboard.press('Enter')
    expect(await host.nextCall('erase_person')).toMatchObject({ payload: { identity: 'user-0007' } })
    await page.getByTestId('erased').getByText('Erased: 12 rows deleted.').waitFor()
    await page.getByText('Nothing is on record').waitFor()
    expect(await page.getByTestId('person-panel').innerText()).not.toContain('Tomás Vidal')
    expect(await page.getByTestId('rooms-now').count()).toBe(0)
    expect(await page.getByTestId('erase').count()).toBe(0)
  })

  it('somebody is banned from all rooms, also who is in none; until lifted for who may', async () => {
    const host = makeHost({ operator: { name: 'mo', role: 'moderator' } })
    host.answer('act', (payload) => ({ ok: true, value: { ok: true, actionId: actionSchema.parse(payload).actionId, at: 1, targets: [] } }))
    const page = await open(host, { path: '/people/user-0007' })
    await page.getByTestId('ban-all').click()
    await page.getByTestId('ban-reason').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('A reason is needed.').waitFor()
    expect(await page.getByRole('button', { name: 'Until lifted' }).count()).toBe(0)
    await page.getByRole('button', { name: '7 days' }).click()
    await page.getByTestId('ban-reason').fill('Spam')
    await page.keyboard.press('Enter')
    const action = actionSchema.parse((await host.nextCall('act')).payload)
    expect(action).toMatchObject({ type: 'ban', identity: 'user-0007', scope: 'all', reason: 'Spam' })
    expect('until' in action ? Math.round(((action.until ?? 0) - Date.now()) / 3_600_000) : 0).toBe(7 * 24)
    await page.getByTestId('ban-form').waitFor({ state: 'detached' })
  })

  it('is read again when the feed tells of that person', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/people/user-0007' })
    await page.getByTestId('rooms-now').getByText('lobby').waitFor()
    host.answer('read_person', () => ({ ok: true, value: personOnRecord({ rooms: ['town hall'] }) }))
    const participant = { identity: 'user-0007', sid: 'PA', name: '' }
    await host.push({ name: 'feed_appended', payload: [event('participant_joined', 'town hall', { participant })] })
    await page.getByTestId('rooms-now').getByText('town hall').waitFor()
    expect(await page.getByTestId('rooms-now').innerText()).not.toContain('lobby')
  })

  it('D7 a moderator may not erase, and a viewer sees nothing of it', async () => {
    const page = await open(makeHost({ operator: { name: 'mo', role: 'moderator' } }), { path: '/people/user-0007' })
    await page.getByTestId('person-records').waitFor()
    expect(await page.getByTestId('erase').count()).toBe(0)
    await page.evaluate(() => (location.hash = '#/people'))
    await page.getByTestId('nobody-chosen').waitFor()
  })

  it.each(['dark', 'light'] as const)('axe finds nothing, %s, and it reflows at 400 per cent zoom', async (scheme) => {
    const page = await open(makeHost(), { path: '/people/user-0007', scheme })
    await page.getByTestId('people-search').fill('tom')
    await page.getByTestId('found').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.getByTestId('stay').first().waitFor()
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await page.setViewportSize({ width: 360, height: 225 })
    expect(await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBe(0)
  })
})
