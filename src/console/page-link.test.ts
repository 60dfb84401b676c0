import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Push } from '#shared/contract/ipc.ts'
import { createPageLink, type PageSocketEvents } from './page-link.ts'
import { closeCodes } from './page-protocol.ts'

type FakeSocket = { readonly events: PageSocketEvents; readonly sent: unknown[] }

function createPage() {
  const sockets: FakeSocket[] = []
  const page = { nonce: 'nonce-1' as string | null, who: 'nobody' as 'nobody' | 'stranger' }
  const link = createPageLink({
    openSocket(events) {
      const socket: FakeSocket = { events, sent: [] }
      sockets.push(socket)
      return { send: (text) => void socket.sent.push(JSON.parse(text)), close: () => events.onClose(1000) }
    },
    nonce: () => page.nonce,
    knock: () => Promise.resolve(page.who),
    now: () => 1_000,
  })
  const pushes: Push[] = []
  link.onPushes((batch) => void pushes.push(...batch))
  function last(): FakeSocket {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('the page opened no socket')
    return socket
  }
  return {
    page,
    link,
    sockets,
    pushes,
    last,
    letIn: () => {
      last().events.onOpen()
      last().events.onMessage('{"ready":true}')
    },
    say: (message: object) => last().events.onMessage(JSON.stringify(message)),
    lose: (code = 1006) => last().events.onClose(code),
  }
}

const STOPPED = 'Usher itself has stopped: start it again with npm start'
const STRANGER = 'Usher no longer knows this page: open a new link, which npm start -- --link prints'

function offline(why: string): object {
  return { name: 'connection_changed', payload: { state: 'offline', since: 1_000, why } }
}

describe("the page's link", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('brings its key first, and keeps requests until it was let in', async () => {
    const { link, last, letIn, say } = createPage()
    const reply = link.ask('list_profiles', {})
    last().events.onOpen()
    await vi.advanceTimersByTimeAsync(0)
    expect(last().sent).toEqual([{ nonce: 'nonce-1' }])
    letIn()
    await vi.advanceTimersByTimeAsync(0)
    expect(last().sent.at(-1)).toEqual({ id: 1, name: 'list_profiles', payload: {} })
    say({ id: 1, reply: { ok: true, value: [] } })
    expect(await reply).toEqual({ ok: true, value: [] })
  })

  it('does not ask for the session again when it never lost it', () => {
    const { letIn, last, pushes } = createPage()
    letIn()
    expect(last().sent).toEqual([{ nonce: 'nonce-1' }])
    expect(pushes).toEqual([])
  })

  it('S4.6 says at once that Usher has stopped, settles what was asked, and refuses what is asked meanwhile', async () => {
    const { link, letIn, lose, pushes } = createPage()
    letIn()
    const asked = link.ask('act', {})
    await vi.advanceTimersByTimeAsync(0)
    lose()
    expect(pushes).toEqual([offline(STOPPED)])
    expect(await asked).toMatchObject({ ok: false, code: 'unavailable' })
    expect(await link.ask('act', {})).toMatchObject({ ok: false, code: 'unavailable', message: STOPPED })
  })

  it('tries again after half a second, then every three at the most, and says it only once', async () => {
    const { letIn, lose, sockets, pushes } = createPage()
    letIn()
    lose()
    await vi.advanceTimersByTimeAsync(499)
    expect(sockets).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(sockets).toHaveLength(2)
    for (let attempt = 0; attempt < 8; attempt++) {
      lose()
      await vi.advanceTimersByTimeAsync(3_000)
    }
    expect(sockets).toHaveLength(10)
    expect(pushes).toHaveLength(1)
  })

  it('when it is back hands on the whole session before any push', async () => {
    const { letIn, lose, say, pushes, last } = createPage()
    letIn()
    lose()
    await vi.advanceTimersByTimeAsync(500)
    letIn()
    expect(last().sent.at(-1)).toMatchObject({ name: 'start_session', payload: {} })
    say({ pushes: [{ name: 'rooms_reset', payload: ['old'] }] })
    say({ id: 1, reply: { ok: true, value: 'snapshot' } })
    await vi.advanceTimersByTimeAsync(0)
    say({ pushes: [{ name: 'rooms_reset', payload: ['new'] }] })
    expect(pushes.slice(1)).toEqual([
      { name: 'session_reset', payload: 'snapshot' },
      { name: 'rooms_reset', payload: ['new'] },
    ])
  })

  it('a start without a console ends the waiting, and the session comes by itself later', async () => {
    const { link, lose, letIn, say, pushes } = createPage()
    const first = link.ask('start_session', {})
    lose()
    expect(await first).toMatchObject({ ok: false, code: 'unavailable' })
    await vi.advanceTimersByTimeAsync(500)
    letIn()
    say({ id: 1, reply: { ok: true, value: 'snapshot' } })
    await vi.advanceTimersByTimeAsync(0)
    expect(pushes.at(-1)).toEqual({ name: 'session_reset', payload: 'snapshot' })
  })

  it('refused as unknown it says how to get a link, and knocks again only with another key', async () => {
    const { page, letIn, lose, sockets, pushes } = createPage()
    lose(closeCodes.unknownPage)
    expect(pushes).toEqual([offline(STRANGER)])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(sockets).toHaveLength(1)
    page.nonce = 'nonce-2'
    await vi.advanceTimersByTimeAsync(3_000)
    expect(sockets).toHaveLength(2)
    letIn()
    expect(sockets.at(-1)?.sent[0]).toEqual({ nonce: 'nonce-2' })
  })

  it('says the same when the console runs but no longer knows its cookie', async () => {
    const { page, lose, pushes } = createPage()
    page.who = 'stranger'
    lose()
    await vi.advanceTimersByTimeAsync(0)
    expect(pushes).toEqual([offline(STRANGER)])
  })

  it('ignores what it does not understand', () => {
    const { letIn, last, pushes } = createPage()
    letIn()
    for (const data of ['no json', '1', 'null', '{"id":99,"reply":{}}', '{"other":1}']) last().events.onMessage(data)
    expect(pushes).toEqual([])
  })
})
