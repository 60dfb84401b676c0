import { describe, expect, it } from 'vitest'
import type { IpcReply } from '#shared/contract/ipc.ts'
import { actionSchema } from '#shared/domain/action.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { peers } from '../peers.ts'
import { findViolations } from './find-violations.ts'
import { nextAction, openLobby, rowOf, settled, updateOf } from './open-lobby.ts'
import { event, person } from './sample-data.ts'
import { personOnRecord } from './sample-records.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()
const bo = person('bo', { name: 'Bo' })
const withoutCamera = ['microphone', 'screen_share', 'screen_share_audio'] as const
const denied: Measure = {
  id: 'M1',
  kind: 'deny_sources',
  scope: 'room',
  room: 'lobby',
  identity: 'bo',
  sources: ['camera'],
  until: null,
  reason: 'spam',
  by: 'mira',
  at: 0,
  revision: 1,
}

describe.skipIf(peers.chromium === null)('S2.4 permission switches', () => {
  it('p opens them; a turn shows as pending, goes back with the reason when it is refused, and can be tried again', async () => {
    const { page, host } = await openLobby(open, [bo])
    await rowOf(page, 'bo').click()
    await page.keyboard.press('p')
    await page.getByTestId('switch-canPublish').and(page.locator(':focus')).waitFor()
    const microphone = page.getByTestId('switch-microphone')
    await microphone.focus()
    await page.keyboard.press(' ')
    const action = await nextAction(host)
    expect(action).toMatchObject({
      type: 'set_permissions',
      identity: 'bo',
      permissions: { canPublishSources: ['camera', 'screen_share', 'screen_share_audio'] },
      expect: { participantSid: 'PA_bo' },
    })
    await page.getByTestId('pending-microphone').waitFor()
    expect(await microphone.isChecked()).toBe(false)
    await host.push({
      name: 'pending_changed',
      payload: settled(action, { state: 'failed', at: 1, code: 'unavailable', detail: 'key_lacks_grant', message: 'no' }),
    })
    await expect.poll(() => page.getByTestId('refused-microphone').innerText()).toContain('needs the roomAdmin grant')
    expect(await microphone.isChecked()).toBe(true)
    await page.getByTestId('refused-retry').click()
    expect(await nextAction(host)).toMatchObject({
      type: 'set_permissions',
      permissions: { canPublishSources: ['camera', 'screen_share', 'screen_share_audio'] },
    })
    expect(await page.getByTestId('refused-microphone').count()).toBe(0)
  })

  it('two quick turns don’t undo each other, and the fact settles them', async () => {
    const { page, host } = await openLobby(open, [bo])
    await rowOf(page, 'bo').getByTestId('may-microphone').click()
    await nextAction(host)
    await rowOf(page, 'bo').getByTestId('may-camera').click()
    const second = await nextAction(host)
    expect(second).toMatchObject({ permissions: { canPublishSources: ['screen_share', 'screen_share_audio'] } })
    await page.locator('[data-testid="may-camera"][data-pending="true"][aria-pressed="false"]').waitFor()
  })

  it('an acknowledgement without its fact: the room is read again after two seconds, and what is true is shown', async () => {
    const { page, host } = await openLobby(open, [bo], { clock: true })
    await host.nextCall('open_room')
    await rowOf(page, 'bo').getByTestId('may-camera').click()
    const action = await nextAction(host)
    await host.push({ name: 'pending_changed', payload: settled(action, { state: 'done', at: 1 }) })
    await page.locator('[data-testid="may-camera"][data-pending="true"]').waitFor()
    await page.clock.fastForward(2_100)
    await host.nextCall('leave_room')
    await host.nextCall('open_room')
    await page.locator('[data-testid="may-camera"][data-pending="false"][aria-pressed="true"]').waitFor()
    expect(await rowOf(page, 'bo').getByTestId('may-microphone').getAttribute('aria-pressed')).toBe('true')
  })

  it('another operator was last: their fact is what is shown', async () => {
    const { page, host } = await openLobby(open, [bo])
    await rowOf(page, 'bo').getByTestId('may-camera').click()
    const action = await nextAction(host)
    await host.push({ name: 'pending_changed', payload: settled(action, { state: 'done', at: 1 }) })
    await host.push({
      name: 'room_changed',
      payload: updateOf(2, { changed: [{ ...bo, permissions: { ...bo.permissions, canPublishSources: ['camera'] } }] }),
    })
    await page.locator('[data-testid="may-camera"][data-pending="false"][aria-pressed="true"]').waitFor()
    expect(await page.getByTestId('may-microphone').getAttribute('aria-pressed')).toBe('false')
  })

  it('what a measure denies says so, and is granted here', async () => {
    const cut = { ...bo, permissions: { ...bo.permissions, canPublishSources: [...withoutCamera] } }
    const { page, host } = await openLobby(open, [cut], { measures: [denied] })
    await rowOf(page, 'bo').dblclick({ position: { x: 300, y: 20 } })
    await expect.poll(() => page.getByTestId('denied-camera').innerText()).toContain('Denied by mira, until lifted')
    expect(await page.getByTestId('switch-camera').isDisabled()).toBe(true)
    await page.getByTestId('grant-camera').click()
    expect(await nextAction(host)).toMatchObject({ type: 'grant_sources', identity: 'bo', sources: ['camera'] })
  })
})

describe.skipIf(peers.chromium === null)('the details of a person', () => {
  it('Enter opens them, Escape gives the keys back to the table, and they follow the row', async () => {
    const { page } = await openLobby(open, [person('ana', { name: 'Ana' }), bo])
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="inspector"][data-inspected="ana"]:focus').waitFor()
    expect(await page.getByTestId('inspector').innerText()).toContain('TR_A_ana')
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.locator('[data-testid="inspector"][data-inspected="bo"]').waitFor()
    await page.getByTestId('inspector').focus()
    await page.keyboard.press('Escape')
    await page.locator('[role="grid"]:focus').waitFor()
    expect(await page.getByTestId('inspector').count()).toBe(0)
  })

  it('a note that is added late, when somebody else’s details are open, changes nothing about whose records are shown', async () => {
    const ana = person('ana', { name: 'Ana' })
    const { page, host } = await openLobby(open, [ana, bo])
    const noteOf = (identity: string) => ({ id: identity, at: 1, by: 'mira', text: `Note about ${identity}` })
    host.answer('read_person', (payload) => {
      const { identity } = payload as { readonly identity: string }
      return { ok: true, value: personOnRecord({ identity, notes: [noteOf(identity)] }) }
    })
    const added = Promise.withResolvers<IpcReply>()
    host.answer('add_note', () => added.promise)
    await rowOf(page, 'ana').dblclick({ position: { x: 300, y: 20 } })
    await page.getByTestId('note-text').fill('Late')
    await page.getByTestId('note-add').click()
    await host.nextCall('add_note')
    await rowOf(page, 'bo').click({ position: { x: 300, y: 20 } })
    await page.getByText('Note about bo').waitFor()
    added.resolve({ ok: true, value: noteOf('ana') })
    await page.getByTestId('announcements').getByText('Note added').waitFor()
    await page.getByText('Note about bo').waitFor()
    expect(await page.getByTestId('person-skeleton').count()).toBe(0)
  })

  it('a role shows as pending in the details', async () => {
    const { page, host } = await openLobby(open, [bo])
    await rowOf(page, 'bo').click()
    await page.keyboard.press('p')
    await page.getByTestId('inspector-set-role').click()
    await page.getByTestId('role').fill('SPEAKER')
    await page.keyboard.press('Enter')
    expect(await nextAction(host)).toMatchObject({ type: 'set_role', identity: 'bo', role: 'SPEAKER' })
    await expect.poll(() => page.getByTestId('inspector-role').innerText()).toBe('SPEAKER')
  })
})

describe.skipIf(peers.chromium === null)('what is in force in a room', () => {
  it('is in the header, read again when the feed tells of a measure, and can be lifted', async () => {
    const { identity: _, ...everybody } = denied
    const lock: Measure = { ...everybody, id: 'M2', kind: 'lock', sources: ['microphone'] }
    const { page, host } = await openLobby(open, [bo, person('zoe', { isOnline: false, status: 'INVITED', joinedAt: null })])
    expect(await page.getByTestId('room-in-force').count()).toBe(0)
    expect(await page.getByTestId('room-invited').innerText()).toBe('1 invited')
    await page.getByTestId('invited').waitFor()
    host.answer('list_measures', () => ({ ok: true, value: { measures: [lock, denied] } }))
    await host.push({ name: 'feed_appended', payload: [event('measure_imposed', 'other'), event('measure_imposed', 'lobby')] })
    expect((await host.nextCall('list_measures')).payload).toEqual({ room: 'lobby', active: 'true' })
    await expect.poll(() => page.getByTestId('room-in-force').innerText()).toContain('Locked: Microphone, until lifted')
    await page.getByTestId('room-in-force').getByRole('button').click()
    await page.locator('[data-testid="room-measure"][data-kind="lock"]').getByTestId('lift').click()
    await page.getByTestId('lift-confirm').click()
    expect(await nextAction(host)).toMatchObject({ type: 'lift', measureId: 'M2' })
  })

  it('lifting keeps its dialog in front of the list while a reason is typed, and gives the focus back to what opened it', async () => {
    const { page, host } = await openLobby(open, [bo], { measures: [denied] })
    const button = page.getByTestId('room-in-force').getByRole('button')
    await button.click()
    await page.getByTestId('room-measure').getByTestId('lift').click()
    await page.getByTestId('room-measure').waitFor({ state: 'detached' })
    await page.getByTestId('lift-form').getByTestId('reason').click()
    await page.keyboard.type('He asked')
    host.answer('act', (payload) => ({ ok: true, value: { ok: true, actionId: actionSchema.parse(payload).actionId, at: 1, targets: [] } }))
    await page.keyboard.press('Enter')
    expect(await nextAction(host)).toMatchObject({ type: 'lift', measureId: 'M1', reason: 'He asked' })
    await page.getByTestId('lift-form').waitFor({ state: 'detached' })
    await button.and(page.locator(':focus')).waitFor()
  })

  it.each(['dark', 'light'] as const)('axe finds nothing with details open, %s', async (scheme) => {
    const { page } = await openLobby(open, [bo, person('ana')], { scheme, measures: [denied] })
    await rowOf(page, 'bo').click()
    await page.keyboard.press('p')
    await page.getByTestId('inspector').waitFor()
    await page.getByTestId('switch-canSubscribe').click()
    await page.getByTestId('pending-canSubscribe').waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
