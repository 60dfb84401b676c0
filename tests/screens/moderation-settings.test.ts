import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import { defaultSettings, settingsChangeSchema, type ServiceSettings } from '#shared/contract/http-settings.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { fail } from '#shared/domain/failure.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { snapshot, summary } from './sample-data.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

/** A host that keeps what it is told, and counts its revisions. */
function makeHost(change: Partial<SessionSnapshot> = {}): FakeHost {
  const host = new FakeHost(snapshot([summary('lobby')], change))
  let held: ServiceSettings = { ...defaultSettings, enforcement: 'on', retentionDays: 90, revision: 4 }
  host.answer('read_settings', () => ({ ok: true, value: held }))
  host.answer('change_settings', (payload) => {
    const {
      attention = held.attention,
      enforcement = held.enforcement,
      retentionDays = held.retentionDays,
    } = settingsChangeSchema.parse(payload)
    held = { attention, enforcement, retentionDays, revision: held.revision + 1 }
    return { ok: true, value: held }
  })
  return host
}
async function nextChange(host: FakeHost) {
  return (await host.nextCall('change_settings')).payload
}

describe.skipIf(peers.chromium === null)('the moderation settings', () => {
  it('leaving `on` asks once and says what it means; coming back asks nothing', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/settings' })
    await page.getByTestId('enforcement-off').click()
    const sure = page.getByTestId('enforcement-sure')
    await sure.getByText('Nobody is kept out and nothing is denied until it is on again.').waitFor()
    await sure.getByRole('button', { name: 'Leave it on' }).and(page.locator(':focus')).waitFor()
    expect(host.calls.filter(({ name }) => name === 'change_settings')).toEqual([])
    await page.getByTestId('enforcement-confirm').click()
    expect(await nextChange(host)).toEqual({ enforcement: 'off', revision: 4 })
    await page.getByTestId('moderation-told').getByText('Saved.').waitFor()
    await page.getByTestId('enforcement-on').click()
    expect(await nextChange(host)).toEqual({ enforcement: 'on', revision: 5 })
  })

  it('a shorter time to keep records says what it deletes before it is saved', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/settings' })
    const days = page.getByTestId('retention-days')
    await days.fill('0')
    await page.getByText('A whole number from 1 to 36,500.').waitFor()
    expect(await page.getByTestId('retention-save').count()).toBe(0)
    await days.fill('30')
    await page.getByText('What is older than 30 days is deleted for good when you save.').waitFor()
    await page.getByTestId('retention-save').click()
    expect(await nextChange(host)).toEqual({ retentionDays: 30, revision: 4 })
  })

  it('where somebody else was faster, what holds now is shown', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/settings' })
    await page.getByTestId('retention-days').fill('30')
    host.answer('change_settings', () => fail('conflict', 'mo has changed the settings meanwhile', 'changed_meanwhile'))
    host.answer('read_settings', () => ({ ok: true, value: { ...defaultSettings, enforcement: 'on', retentionDays: 60, revision: 9 } }))
    await page.getByTestId('retention-save').click()
    await page.getByTestId('moderation-told').getByText('mo has changed the settings meanwhile. Yours was not saved').waitFor()
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[data-testid="retention-days"]')?.value === '60')
    expect(await page.getByTestId('retention-days').inputValue()).toBe('60')
  })

  it('a draft of attention rules goes on after the switch was turned', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/settings' })
    await page.getByLabel('Alone for long: seconds').fill('30')
    await page.getByTestId('retention-days').fill('120')
    await page.getByTestId('retention-save').click()
    expect(await nextChange(host)).toEqual({ retentionDays: 120, revision: 4 })
    await page.getByTestId('moderation-told').waitFor()
    await page.getByTestId('rules-save').click()
    expect(await nextChange(host)).toMatchObject({ revision: 5, attention: { thresholds: { alone: { seconds: 30 } } } })
    expect(await page.getByTestId('rules-conflict').count()).toBe(0)
  })

  it('D7 who may not change them reads them', async () => {
    const page = await open(makeHost({ operator: { name: 'mo', role: 'moderator' } }), { path: '/settings' })
    await page.getByTestId('moderation-settings').getByText('Your role (moderator) may read this, not change it.').waitFor()
    expect(await page.getByTestId('enforcement-off').isDisabled()).toBe(true)
    expect(await page.getByTestId('retention-days').isDisabled()).toBe(true)
  })

  it.each(['dark', 'light'] as const)('axe finds nothing, %s', async (scheme) => {
    const page = await open(makeHost(), { path: '/settings', scheme })
    await page.getByTestId('enforcement-on').waitFor()
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})
