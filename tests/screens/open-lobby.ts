import type { Page } from 'playwright-core'
import { actionSchema, type Action, type PendingAction } from '#shared/domain/action.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { RoomUpdate } from '#shared/domain/room.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { FakeHost } from './fake-host.ts'
import { detail, snapshot, summary } from './sample-data.ts'
import type { OpenOptions } from './screens.ts'

export const lobby = summary('lobby')

export type Lobby = { readonly page: Page; readonly host: FakeHost }
type Options = OpenOptions & { readonly session?: Partial<SessionSnapshot>; readonly measures?: Measure[] }

/** A room with these people, opened in a page; what is asked of it is taken up and answered by nothing. */
export async function openLobby(
  open: (host: FakeHost, options?: OpenOptions) => Promise<Page>,
  people: readonly Participant[],
  { session = {}, measures = [], ...options }: Options = {},
): Promise<Lobby> {
  const host = new FakeHost(snapshot([lobby], session))
  host.details.set('lobby', { ...detail(lobby, people), measures })
  host.answer('act', () => new Promise(() => {}))
  const page = await open(host, { ...options, path: '/room/lobby' })
  await page.getByTestId('participant-row').first().waitFor()
  return { page, host }
}

export function rowOf(page: Page, identity: string) {
  return page.locator(`[data-testid="participant-row"][data-identity="${identity}"]`)
}

export function updateOf(revision: number, change: Partial<RoomUpdate>): RoomUpdate {
  return { room: 'lobby', revision, changed: [], removed: [], online: 2, total: 2, ...change }
}

/** The next action that the page asks for. */
export async function nextAction(host: FakeHost): Promise<Action> {
  return actionSchema.parse((await host.nextCall('act')).payload)
}

export function settled(action: Action, outcome: PendingAction['outcome'], more: Partial<PendingAction> = {}): PendingAction {
  return { action, startedAt: Date.now(), outcome, ...more }
}
