import type { Page } from 'playwright-core'
import type { IpcReply, Push, RequestName } from '#shared/contract/ipc.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { defaultSettings } from '#shared/contract/http-settings.ts'
import type { RoomDetail } from '#shared/domain/room.ts'
import { fail } from '#shared/domain/failure.ts'

export type Call = { readonly name: RequestName; readonly payload: unknown }
type Handler = (payload: unknown) => IpcReply | Promise<IpcReply>

/** A host of the page, at the port `window.usher`: it answers from what the test gives it and keeps every call. */
export class FakeHost {
  readonly calls: Call[] = []
  readonly #handlers = new Map<string, Handler>()
  readonly #waiting: { readonly name: RequestName; readonly resolve: (call: Call) => void }[] = []
  #page: Page | null = null
  readonly details = new Map<string, RoomDetail>()

  constructor(snapshot: SessionSnapshot | null) {
    if (snapshot !== null) this.answer('start_session', () => ({ ok: true, value: snapshot }))
    this.answer('open_room', (payload) => ({ ok: true, value: { detail: this.details.get(roomOf(payload)) ?? null } }))
    this.answer('leave_room', () => ({ ok: true, value: {} }))
    this.answer('observe_room', () => fail('unsupported', 'There is nothing to join here.'))
    this.answer('read_settings', () => ({ ok: true, value: { ...defaultSettings, revision: 1 } }))
    this.answer('list_profiles', () => ({ ok: true, value: snapshot?.profile == null ? [] : [snapshot.profile] }))
  }

  /** How a request is answered from now on. One without an answer is never answered. */
  answer(name: RequestName, handler: Handler): void {
    this.#handlers.set(name, handler)
  }

  /** Pushes go to this page from now on. */
  attach(page: Page): void {
    this.#page = page
  }

  async push(...pushes: Push[]): Promise<void> {
    await this.#page?.evaluate((batch) => {
      // `installBridge` defines it before the page's own scripts run.
      const take = Reflect.get(window, 'usherPush') as (batch: unknown) => void
      take(batch)
    }, pushes)
  }

  /** The next call of that name, or the first one that came already and was not asked for. */
  nextCall(name: RequestName): Promise<Call> {
    const index = this.calls.findIndex((call) => call.name === name)
    const found = this.calls[index]
    if (found !== undefined) {
      this.calls.splice(index, 1)
      return Promise.resolve(found)
    }
    return new Promise((resolve) => this.#waiting.push({ name, resolve }))
  }

  /** Answers a request of the page. */
  ask(name: RequestName, payload: unknown): IpcReply | Promise<IpcReply> {
    const call = { name, payload }
    const index = this.#waiting.findIndex((waiter) => waiter.name === name)
    if (index === -1) this.calls.push(call)
    else this.#waiting.splice(index, 1)[0]?.resolve(call)
    return this.#handlers.get(name)?.(payload) ?? new Promise<IpcReply>(() => {})
  }
}

function roomOf(payload: unknown): string {
  return typeof payload === 'object' && payload !== null && 'room' in payload ? String(payload.room) : ''
}

/** Runs in the page before its own scripts: `window.usher` over the exposed function `usherAsk`. */
export function installBridge(): void {
  const listeners = new Set<(pushes: unknown) => void>()
  const names = [
    'start_session',
    'open_room',
    'leave_room',
    'observe_room',
    'act',
    'list_profiles',
    'save_profile',
    'remove_profile',
    'select_profile',
    'test_profile',
    'read_server',
    'control_sync',
    'read_settings',
    'change_settings',
    'cancel_action',
    'list_measures',
    'search_people',
    'read_person',
    'add_note',
    'erase_person',
    'invite',
    'list_sessions',
    'read_room_session',
    'search_audit',
    'export_audit',
    'check_audit',
  ]
  const usher: Record<string, unknown> = {
    host: 'browser',
    onPushes: (listener: (pushes: unknown) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  for (const name of names) {
    usher[name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())] = async (payload: unknown) => {
      const ask = Reflect.get(window, 'usherAsk') as (name: string, payload: unknown) => Promise<{ ok: boolean; value: unknown }>
      const reply = await ask(name, payload)
      if (!reply.ok) throw reply
      return reply.value
    }
  }
  Object.assign(window, { usher, usherPush: (pushes: unknown) => listeners.forEach((listener) => listener(pushes)) })
}
