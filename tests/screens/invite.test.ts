import { describe, expect, it } from 'vitest'
import { peers } from '../peers.ts'
import { findViolations } from './find-violations.ts'
import { openLobby } from './open-lobby.ts'
import { person } from './sample-data.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

describe.skipIf(peers.chromium === null)('S2.2 inviting people to a room', () => {
  it.each(['dark', 'light'] as const)('by the keyboard alone, with a role (%s)', async (scheme) => {
    const { page, host } = await openLobby(open, [person('ana')], { scheme })
    host.answer('invite', () => Promise.resolve({ ok: true, value: { invited: 2 } }))
    await page.getByTestId('invite').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="invite-people"]:focus').waitFor()
    await page.keyboard.type('bo, Bo Lindqvist\ncy')
    await page.keyboard.press('Tab')
    await page.keyboard.type('SPEAKER')
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Enter')
    const shared = { role: 'SPEAKER', canSpeak: false, canVideo: false }
    expect((await host.nextCall('invite')).payload).toEqual({
      room: 'lobby',
      people: [
        { identity: 'bo', name: 'Bo Lindqvist', ...shared },
        { identity: 'cy', ...shared },
      ],
    })
    await page.getByTestId('invite-form').waitFor({ state: 'detached' })
  })

  it('says what is missing and why it failed, and keeps what was typed', async () => {
    const { page, host } = await openLobby(open, [person('ana')])
    host.answer('invite', () => Promise.resolve({ ok: false, code: 'unavailable', message: 'the database does not answer' }))
    await page.getByTestId('invite').click()
    await page.getByTestId('invite-confirm').click()
    await page.getByText('Say whom to invite').waitFor()
    await page.getByTestId('invite-people').fill('bo')
    await page.getByTestId('invite-confirm').click()
    await page.getByTestId('invite-problem').filter({ hasText: 'the database does not answer' }).waitFor()
    expect(await page.getByTestId('invite-people').inputValue()).toBe('bo')
  })

  it('D7 gives no roles where support invites', async () => {
    const { page } = await openLobby(open, [person('ana')], { session: { operator: { name: 'su', role: 'support' } } })
    await page.getByTestId('invite').click()
    await page.getByTestId('invite-people').waitFor()
    expect(await page.getByTestId('invite-role').count()).toBe(0)
  })

  it('D7 is not offered to viewers', async () => {
    const { page } = await openLobby(open, [person('ana')], { session: { operator: { name: 'vi', role: 'viewer' } } })
    expect(await page.getByTestId('invite').count()).toBe(0)
  })
})
