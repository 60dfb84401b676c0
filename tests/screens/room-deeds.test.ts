import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { peers } from '../peers.ts'
import type { FakeHost } from './fake-host.ts'
import { findViolations } from './find-violations.ts'
import { lobby, nextAction, openLobby, rowOf, settled, updateOf } from './open-lobby.ts'
import { crowd, person, snapshot } from './sample-data.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()
const ana = person('ana', { name: 'Ana', role: 'HOST' })
const bo = person('bo', { name: 'Bo' })
const onBo = { identity: 'bo', room: 'lobby', expect: { participantSid: 'PA_bo', roomSid: lobby.sid } }

const asked = (host: FakeHost) => host.calls.filter((call) => call.name === 'act').length
const focused = (page: Page, testid: string) => page.getByTestId(testid).and(page.locator(':focus')).waitFor()

/** Chooses Bo by the keys alone. */
async function chooseBo(page: Page): Promise<void> {
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.locator('[data-identity="bo"][data-cursor="true"]').waitFor()
}

describe.skipIf(peers.chromium === null)('D3 dialogs by the keyboard alone', () => {
  it('w: a message, its text has the focus, Ctrl and Enter sends', async () => {
    const { page, host } = await openLobby(open, [ana, bo])
    await chooseBo(page)
    await page.keyboard.press('w')
    await focused(page, 'message')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Write what is to be sent.').waitFor()
    await page.keyboard.type('Please be kind')
    await page.keyboard.press('Control+Enter')
    expect(await nextAction(host)).toMatchObject({ ...onBo, type: 'send_message', text: 'Please be kind' })
  })

  it('b: a ban, the reason has the focus; how long and where by arrows', async () => {
    const { page, host } = await openLobby(open, [ana, bo, person('bo-2', { name: 'bo' })])
    await rowOf(page, 'bo').click()
    await page.keyboard.press('b')
    await focused(page, 'reason')
    await page.getByTestId('namesakes').waitFor()
    await page.keyboard.type('threats')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.getByTestId('consequence').innerText()).toContain('It holds in every room')
    await page.keyboard.press('Enter')
    const ban = await nextAction(host)
    expect(ban).toMatchObject({ ...onBo, type: 'ban', reason: 'threats', scope: 'all' })
    const hours = 'until' in ban && ban.until != null ? (ban.until - Date.now()) / 3_600_000 : 0
    expect(Math.round(hours)).toBe(24)
  })

  it('D7 support denies for an hour at the most, and cannot ban', async () => {
    const { page, host } = await openLobby(open, [ana, bo], { session: { operator: { name: 'su', role: 'support' } } })
    await rowOf(page, 'bo').click()
    await page.keyboard.press('b')
    await page.locator('.mantine-Notification-root').filter({ hasText: 'Your role (support) may not do this' }).waitFor()
    await rowOf(page, 'bo').getByTestId('more').click()
    expect(await page.getByTestId('menu-ban').count()).toBe(0)
    await page.getByTestId('menu-deny').click()
    const dialog = page.getByTestId('deny-dialog')
    await dialog.waitFor()
    expect(await dialog.getByTestId('lasting-24h').count()).toBe(0)
    await dialog.getByTestId('reason').fill('noise')
    await page.keyboard.press('Enter')
    expect(await nextAction(host)).toMatchObject({ ...onBo, type: 'deny_sources', sources: ['microphone'], scope: 'room' })
  })

  it('closing types the count, and says until when nobody can come back', async () => {
    const { page, host } = await openLobby(open, [ana, bo])
    await page.getByTestId('room-close').click()
    await focused(page, 'reason')
    await page.keyboard.type('over')
    expect(await page.getByTestId('consequence').innerText()).toContain('They can come back at once')
    await page.getByTestId('lasting-1h').locator('xpath=..').getByText('1 hour').click()
    expect(await page.getByTestId('consequence').innerText()).toContain('Nobody can come back until then')
    await page.getByTestId('confirm').click()
    await page.getByText('Type the number 2.').waitFor()
    expect(asked(host)).toBe(0)
    await page.getByTestId('count').fill('2')
    await page.keyboard.press('Enter')
    expect(await nextAction(host)).toMatchObject({
      type: 'close_room',
      room: 'lobby',
      reason: 'over',
      until: expect.any(Number),
      expect: { roomSid: lobby.sid },
    })
  })

  it('a lock leaves out people and roles, and holds for those who join later', async () => {
    const { page, host } = await openLobby(open, [ana, bo])
    await page.getByTestId('room-lock').click()
    await page.getByTestId('reason').fill('talk')
    expect(await page.getByTestId('consequence').innerText()).toContain('holds for those who join later')
    await page.getByTestId('except-roles').click()
    await page.getByRole('option', { name: 'HOST' }).click()
    await page.getByTestId('except-people').click()
    await page.getByRole('option', { name: /Bo/ }).click()
    await page.getByTestId('confirm').click()
    expect(await nextAction(host)).toMatchObject({ type: 'lock', sources: ['microphone'], except: { identities: ['bo'], roles: ['HOST'] } })
  })

  it('what can be undone offers Undo: a ban is lifted', async () => {
    const { page, host } = await openLobby(open, [ana, bo])
    host.answer('act', (payload) => ({ ok: true, value: { ok: true, actionId: actionIdOf(payload), at: 1, targets: [], measureId: 'M1' } }))
    await rowOf(page, 'bo').click()
    await page.keyboard.press('b')
    await page.getByTestId('reason').fill('spam')
    await page.keyboard.press('Enter')
    await nextAction(host)
    await page.getByTestId('undo').click()
    expect(await nextAction(host)).toMatchObject({ type: 'lift', measureId: 'M1', room: 'lobby' })
  })

  it('Undo goes with the profile: at another server it would be about something else', async () => {
    const { page, host } = await openLobby(open, [ana, bo])
    host.answer('act', (payload) => ({ ok: true, value: { ok: true, actionId: actionIdOf(payload), at: 1, targets: [], measureId: 'M1' } }))
    await rowOf(page, 'bo').click()
    await page.keyboard.press('b')
    await page.getByTestId('reason').fill('spam')
    await page.keyboard.press('Enter')
    await nextAction(host)
    await page.getByTestId('undo').waitFor()
    const profile = { id: 'other', kind: 'team', name: 'Other', address: 'https://other.example', selected: true } as const
    await host.push({ name: 'session_reset', payload: snapshot([lobby], { profile }) })
    await expect.poll(() => page.getByTestId('undo').count()).toBe(0)
  })

  it('D7 a viewer sees no actions, and can look at the details', async () => {
    const { page } = await openLobby(open, [ana, bo], { session: { operator: { name: 'vi', role: 'viewer' } } })
    for (const name of ['mute', 'remove', 'may-microphone', 'room-lock', 'room-close']) expect(await page.getByTestId(name).count()).toBe(0)
    await rowOf(page, 'bo').click()
    await page.keyboard.press('Control+A')
    await page.getByTestId('bulk-bar').waitFor()
    expect(await page.getByTestId('bulk-bar').getByRole('button').count()).toBe(1)
    await page.getByRole('grid').focus()
    await page.keyboard.press('Enter')
    await page.getByTestId('inspector').waitFor()
    expect(await page.getByTestId('switch-microphone').isDisabled()).toBe(true)
    expect(await page.getByTestId('inspector').innerText()).toContain('Your role (viewer) sees these')
  })
})

function actionIdOf(payload: unknown): string {
  return typeof payload === 'object' && payload !== null && 'actionId' in payload ? String(payload.actionId) : ''
}

describe.skipIf(peers.chromium === null)('X6 many at once', () => {
  it('Shift, Ctrl and Space choose; who leaves is shown as gone', async () => {
    const { page, host } = await openLobby(open, [ana, bo, person('cy'), person('di')])
    await rowOf(page, 'ana').click()
    await rowOf(page, 'cy').click({ modifiers: ['Shift'] })
    await expect.poll(() => page.getByTestId('bulk-bar').innerText()).toContain('3 selected')
    await rowOf(page, 'bo').click({ modifiers: ['ControlOrMeta'] })
    await expect.poll(() => page.getByTestId('bulk-bar').innerText()).toContain('2 selected')
    await page.getByRole('grid').focus()
    await page.keyboard.press(' ')
    await expect.poll(() => page.getByTestId('bulk-bar').innerText()).toContain('3 selected')
    await host.push({
      name: 'room_changed',
      payload: updateOf(2, { changed: [{ ...bo, isOnline: false, status: 'LEFT', leftAt: Date.now() }] }),
    })
    await page.getByTestId('bulk-gone').waitFor()
    await page.getByTestId('bulk-remove').click()
    await page.getByTestId('reason').fill('spam')
    await page.keyboard.press('Enter')
    expect(await nextAction(host)).toMatchObject({
      type: 'remove',
      identities: ['ana', 'cy'],
      expect: { participantSids: { ana: 'PA_ana', cy: 'PA_cy' }, roomSid: lobby.sid },
    })
  })

  it('over ten the count is typed; progress, cancel, then each result with why, and a retry of the failed', async () => {
    const { page, host } = await openLobby(open, crowd(12))
    host.answer('cancel_action', (payload) => ({ ok: true, value: payload }))
    await page.getByRole('grid').focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.press('x')
    await page.getByTestId('reason').fill('raid')
    await page.keyboard.press('Enter')
    await page.getByText('Type the number 12.').waitFor()
    expect(asked(host)).toBe(0)
    await page.getByTestId('count').fill('12')
    await page.keyboard.press('Enter')
    const action = await nextAction(host)
    const identities = 'identities' in action ? (action.identities ?? []) : []
    expect(identities).toHaveLength(12)
    await host.push({
      name: 'pending_changed',
      payload: settled(action, { state: 'pending' }, { progress: { done: 5, of: 12, failed: 1 } }),
    })
    await expect.poll(() => page.getByTestId('bulk-progress').innerText()).toBe('5 of 12 done, 1 failed')
    await page.getByTestId('bulk-cancel').click()
    expect((await host.nextCall('cancel_action')).payload).toEqual({ actionId: action.actionId })
    const targets = identities.map((identity, index) =>
      index < 10
        ? { identity, ok: true }
        : { identity, ok: false, code: 'unavailable' as const, detail: 'unreachable' as const, message: 'no answer' },
    )
    await host.push({
      name: 'pending_changed',
      payload: settled(action, { state: 'failed', at: 1, code: 'unavailable', message: 'no answer' }, { targets }),
    })
    await expect.poll(() => page.getByTestId('bulk-summary').innerText()).toBe('10 done, 2 failed')
    const first = page.getByTestId('bulk-target').first()
    expect(await first.getAttribute('data-ok')).toBe('false')
    expect(await first.innerText()).toContain('LiveKit did not answer.')
    await page.getByTestId('bulk-retry').click()
    expect(await nextAction(host)).toMatchObject({ type: 'remove', reason: 'raid', identities: identities.slice(10) })
  })
})

describe.skipIf(peers.chromium === null).each(['dark', 'light'] as const)('axe finds nothing, %s', (scheme) => {
  it('in the dialogs, the bulk bar and its results', async () => {
    const { page, host } = await openLobby(open, crowd(12), { scheme })
    await page.getByRole('grid').focus()
    await page.keyboard.press('Control+A')
    await page.getByTestId('bulk-deny').click()
    await page.getByTestId('deny-dialog').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByTestId('room-close').click()
    await page.getByTestId('confirm').click()
    await page.getByText('A reason is needed.').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    // A dialog that fades out still has the keys.
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('w')
    await page.getByTestId('message').fill('x')
    await page.keyboard.press('Control+A')
    await page.getByTestId('count').fill('12')
    await page.keyboard.press('Enter')
    const action = await nextAction(host)
    const targets = [{ identity: 'user-0001', ok: false, code: 'internal' as const, message: 'no' }]
    await host.push({
      name: 'pending_changed',
      payload: settled(action, { state: 'failed', at: 1, code: 'internal', message: 'no' }, { targets }),
    })
    await page.getByTestId('bulk-target').waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
