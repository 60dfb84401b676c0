import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import type { ProfileSummary } from '#shared/domain/profile.ts'
import { FakeHost } from './fake-host.ts'
import { crowd, detail, event, snapshot, summary, wallOfTwelve } from './sample-data.ts'
import { peers } from '../peers.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

const demo: ProfileSummary = { id: 'demo', kind: 'demo', name: 'Demo', address: null, selected: true }
const production: ProfileSummary = { id: 'p1', kind: 'direct', name: 'Production', address: 'wss://livekit.example.org', selected: false }

describe.skipIf(peers.chromium === null)('settings', () => {
  it('profiles are listed, added, tested before they are saved, and switched', async () => {
    const host = new FakeHost(snapshot([]))
    host.answer('list_profiles', () => ({ ok: true, value: [demo] }))
    host.answer('test_profile', () => ({ ok: true, value: { ok: false, message: 'The API secret is wrong.' } }))
    host.answer('save_profile', () => ({ ok: true, value: [demo, production] }))
    host.answer('select_profile', () => ({
      ok: true,
      value: [
        { ...demo, selected: false },
        { ...production, selected: true },
      ],
    }))
    const page = await open(host, { path: '/settings' })
    await page.getByTestId('add-direct').click()
    await page.getByTestId('profile-save').click()
    await page.getByText('This is missing.').first().waitFor()
    await page.getByTestId('field-name').fill('Production')
    await page.getByTestId('field-livekitUrl').fill('wss://livekit.example.org')
    await page.getByTestId('field-apiKey').fill('key')
    await page.getByTestId('field-apiSecret').fill('secret')
    await page.getByTestId('profile-test').click()
    await page.getByTestId('test-result').getByText('The API secret is wrong.').waitFor()
    expect((await host.nextCall('test_profile')).payload).toMatchObject({ kind: 'direct', apiSecret: 'secret', redisUrl: null })
    expect(host.calls.filter((call) => call.name === 'save_profile')).toEqual([])
    await page.getByTestId('profile-save').click()
    await page.locator('[data-profile="p1"]').getByRole('button', { name: 'Switch to this' }).click()
    expect((await host.nextCall('select_profile')).payload).toEqual({ id: 'p1' })
    await page.locator('[data-profile="p1"][data-selected="true"]').waitFor()
  })

  it('removing a profile asks first', async () => {
    const host = new FakeHost(snapshot([]))
    host.answer('list_profiles', () => ({ ok: true, value: [demo, production] }))
    host.answer('remove_profile', () => ({ ok: true, value: [demo] }))
    const page = await open(host, { path: '/settings' })
    const item = page.locator('[data-profile="p1"]')
    await item.getByRole('button', { name: 'Remove' }).click()
    await item.getByText('Its keys are forgotten.').waitFor()
    await item.getByRole('button', { name: 'Remove' }).click()
    expect((await host.nextCall('remove_profile')).payload).toEqual({ id: 'p1' })
    await item.waitFor({ state: 'detached' })
  })

  it('the appearance is remembered', async () => {
    const page = await open(new FakeHost(snapshot([])), { path: '/settings' })
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    await page.getByText('Light', { exact: true }).click()
    await page.locator('html[data-mantine-color-scheme="light"]').waitFor()
    expect(await page.evaluate(() => localStorage.getItem('usher-color-scheme'))).toBe('light')
  })
})

describe.skipIf(peers.chromium === null)('the first start', () => {
  it('offers three ways, and the demo is one click', async () => {
    const host = new FakeHost(
      snapshot(null, { profile: null, operator: null, connection: { state: 'offline', since: Date.now(), why: null } }),
    )
    host.answer('save_profile', () => ({ ok: true, value: [{ ...demo, selected: false }] }))
    host.answer('select_profile', () => ({ ok: true, value: [demo] }))
    const page = await open(host)
    await expect.poll(() => page.getByTestId('first-start').getByRole('button').count()).toBe(3)
    await page.getByTestId('choose-demo').click()
    expect((await host.nextCall('save_profile')).payload).toEqual({ kind: 'demo', id: 'demo', name: 'Demo' })
    expect((await host.nextCall('select_profile')).payload).toEqual({ id: 'demo' })
    await host.push({ name: 'session_reset', payload: snapshot([summary('lobby')], { profile: demo }) })
    await page.locator('[data-room="lobby"]').waitFor()
  })
})

describe.skipIf(peers.chromium === null)('the log', () => {
  it('shows all rooms, filters, and pauses', async () => {
    const bo = { participant: { identity: 'bo', sid: 'PA_bo', name: 'Bo' } }
    const host = new FakeHost(snapshot([], { feed: [event('room_started', 'lobby'), event('participant_joined', 'standup', bo)] }))
    const page = await open(host, { path: '/log' })
    const entries = page.getByTestId('feed-entry')
    await entries.first().waitFor()
    expect(await entries.evaluateAll((all) => all.map((entry) => entry.getAttribute('data-type')))).toEqual([
      'participant_joined',
      'room_started',
    ])
    await page.getByTestId('log-pause').click()
    await host.push({ name: 'feed_appended', payload: [event('participant_left', 'standup', bo)] })
    await page.getByTestId('log-paused').getByText('Paused, 1 new').waitFor()
    await expect.poll(() => entries.count()).toBe(2)
    await page.getByTestId('log-pause').click()
    await page.locator('[data-testid="feed-entry"][data-type="participant_left"]').waitFor()
    await page.getByLabel('Filter text').fill('lobby')
    await page.locator('[data-type="participant_left"]').waitFor({ state: 'detached' })
    await expect.poll(() => entries.count()).toBe(1)
  })
})

describe.skipIf(peers.chromium === null).each(['dark', 'light'] as const)('axe finds nothing, %s', (scheme) => {
  const rooms = wallOfTwelve()
  function host() {
    const made = new FakeHost(
      snapshot(rooms, {
        feed: [
          event('room_started', 'all hands'),
          event('track_muted', 'all hands', { operator: 'ana', reason: 'spam', participant: { identity: 'bo', sid: 'PA', name: 'Bo' } }),
        ],
      }),
    )
    made.details.set('all hands', detail(summary('all hands', { metadata: '{"a":1}' }), crowd(14)))
    made.answer('list_profiles', () => ({ ok: true, value: [demo, production] }))
    return made
  }
  it.each([
    ['the wall', '/', '[data-testid="room-tile"]', null],
    ['a room', '/room/all%20hands', '[data-testid="participant-row"]', null],
    ['the dialog', '/room/all%20hands', '[data-testid="participant-row"]', '[data-testid="remove-dialog"]'],
    ['the log', '/log', '[data-testid="feed-entry"]', null],
    ['the settings', '/settings', '[data-testid="profile"]', null],
  ] as const)('on %s', async (_, path, ready, dialog) => {
    const page = await open(host(), { path, scheme })
    await page.locator(ready).first().waitFor()
    if (dialog !== null) {
      await page.locator(ready).first().click()
      await page.keyboard.press('x')
      // The dialog fades in; a colour in between is not what axe is asked about.
      await page.locator(dialog).waitFor()
      await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)))
    }
    const { violations } = await new AxeBuilder({ page })
      .options({ resultTypes: ['violations'] })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      // There are no frames: the results need no page of their own.
      .setLegacyMode()
      .analyze()
    expect(
      violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''} ${violation.nodes[0]?.failureSummary ?? ''}`),
    ).toEqual([])
  })
})
