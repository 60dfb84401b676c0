import { randomUUID } from 'node:crypto'
import type { Enforcement } from '#shared/contract/http-settings.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { concerns, type Measure } from '#shared/domain/measure.ts'
import { mayPublish, type PublishSource } from '#shared/domain/participant.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { RoomService } from '#server/livekit/room-service.ts'
import type { Acting } from '#server/moderation/acting.ts'
import { createTurns } from '#server/moderation/in-turn.ts'
import type { PermissionDesk } from '#server/moderation/permission-desk.ts'
import type { RoleBook } from '#server/people/role-book.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { Attribution, RoomEvent } from '#server/rooms/room-event.ts'
import type { ParticipantFacts, ParticipantRow, Room } from '#server/rooms/room-model.ts'
import type { DebtBook } from './debt-book.ts'
import { deniedTo, demandOf, type Demand } from './demand.ts'
import { inheritDebts } from './inherit-debts.ts'
import { wordsOf } from './measure-words.ts'
import type { OwnMeasureBook } from './measure-book.ts'
import { settlePermissions, type Settlement } from './settle-permissions.ts'

/** Somebody who is in a room now. `row.role` is theirs as far as it is known. */
export type Present = { readonly room: Room; readonly row: ParticipantRow }

/** What came of enforcing: nothing was to be done, or it was done (`isDry`: would have been), or it failed. `detail` is for the feed. */
export type CarriedOut =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'done'; readonly measure: Measure; readonly present: Present; readonly detail: string; readonly isDry: boolean }
  | { readonly kind: 'failed'; readonly measure: Measure; readonly present: Present; readonly detail: string; readonly failure: Failure }

export type Executor = {
  readonly find: (room: string, identity: string) => Present | null
  /** What is asked of somebody's being there now, whatever the switch says. */
  readonly demand: (room: string, identity: string, isThorough?: boolean) => Demand
  /** Does what is asked; what is done to one person waits for each other. `by`: who asked for it, where an operator did. */
  readonly enforce: (room: string, identity: string, by: Attribution | null, isThorough?: boolean) => Promise<CarriedOut>
  /** What is owed to earlier stays of somebody who has come goes over to this one, as far as that is right; the earlier ones are owed nothing any more. */
  readonly inherit: (room: string, identity: string) => Promise<void>
  /** Gives back what is owed and denied no more, whatever the switch says. */
  readonly giveBack: (room: string, identity: string, by: Attribution | null) => Promise<Result<readonly PublishSource[]>>
}

type Options = {
  readonly rooms: Pick<LiveRooms, 'newest' | 'submit'>
  readonly livekit: Pick<RoomService, 'removeParticipant' | 'deleteRoom' | 'muteTrack'>
  readonly permissions: PermissionDesk
  readonly acting: Pick<Acting, 'begin'>
  readonly book: Pick<OwnMeasureBook, 'about'>
  readonly debts: DebtBook
  readonly roles: RoleBook
  readonly enforcement: () => Enforcement
  readonly now: () => number
}

type Settled = { readonly taken: readonly PublishSource[]; readonly given: readonly PublishSource[]; readonly facts: ParticipantFacts }

const nothing: CarriedOut = { kind: 'nothing' }

/** Asks LiveKit for what measures call for, and tells the rooms what came of it. */
export function createExecutor({ rooms, livekit, permissions, acting, book, debts, roles, enforcement, now }: Options): Executor {
  const inTurn = createTurns()

  function find(name: string, identity: string): Present | null {
    const { room } = rooms.newest(name)
    const row = room?.participants.get(identity)
    if (!room || !row?.online) return null
    // The record may not have been told yet.
    return { room, row: { ...row, role: roles.roleOf(name, identity) } }
  }

  function demand(name: string, identity: string, isThorough = false): Demand {
    const measures = book.about(identity, name)
    const present = measures.length === 0 ? null : find(name, identity)
    return present ? demandOf(measures, present.row, name, { isThorough }) : { kind: 'none' }
  }

  async function enforceNow(name: string, identity: string, by: Attribution | null, isThorough: boolean): Promise<CarriedOut> {
    const present = find(name, identity)
    const asked = demand(name, identity, isThorough)
    const mode = enforcement()
    if (!present || asked.kind === 'none' || mode === 'off') return nothing
    const { measure } = asked
    const detail = describe(asked, by === null)
    if (mode === 'dry-run') return { kind: 'done', measure, present, detail: describeDry(asked), isDry: true }
    const done = acting.begin(name, identity, by?.actionId ?? randomUUID())
    const result = await ask(name, present, asked, by).finally(done)
    if (!result.ok) return result.code === 'not_found' ? nothing : { kind: 'failed', measure, present, detail, failure: result }
    return result.value ? { kind: 'done', measure, present, detail, isDry: false } : nothing
  }

  /** Whether LiveKit had to do something. */
  async function ask(
    name: string,
    present: Present,
    asked: Exclude<Demand, { kind: 'none' }>,
    by: Attribution | null,
  ): Promise<Result<boolean>> {
    const { identity, sid } = present.row
    switch (asked.kind) {
      case 'remove': {
        const removed = await livekit.removeParticipant(name, identity)
        if (!removed.ok) return removed
        await rooms.submit({ ...about(name, present.room, by), type: 'participant_removed', participant: { identity, sid } })
        return succeed(true)
      }
      case 'close':
        // Everybody there calls for it.
        return inTurn(JSON.stringify([name]), () => close(name, present, by))
      case 'take': {
        const settled = await settle(name, present, by, true)
        if (!settled.ok) return settled
        const { taken, facts } = settled.value
        return succeed((await silence(name, facts, asked.denied)) || taken.length > 0)
      }
      default:
        return assertNever(asked, 'demand')
    }
  }

  async function close(name: string, { room, row }: Present, by: Attribution | null): Promise<Result<boolean>> {
    // Others had their turn: it may be closed, or not be to be closed any more.
    const isAsked = demand(name, row.identity).kind === 'close' && enforcement() === 'on'
    if (!isAsked || rooms.newest(name).room?.facts.sid !== room.facts.sid) return succeed(false)
    const closed = await livekit.deleteRoom(name)
    if (!closed.ok) return closed
    await rooms.submit({ ...about(name, room, by), type: 'room_finished' })
    return succeed(true)
  }

  /** LiveKit takes away the tracks that may not be published any more; one that slipped through is muted. */
  async function silence(
    name: string,
    { identity, tracks, permissions: may }: ParticipantFacts,
    denied: readonly PublishSource[],
  ): Promise<boolean> {
    let isSilenced = false
    for (const { sid, source, muted } of tracks) {
      if (muted || source === 'unknown' || !denied.includes(source) || mayPublish(may, source)) continue
      isSilenced = (await livekit.muteTrack(name, identity, sid, true)).ok || isSilenced
    }
    return isSilenced
  }

  async function settle(name: string, { room, row }: Present, by: Attribution | null, takes: boolean): Promise<Result<Settled>> {
    const { identity, sid } = row
    const debtor = { sid, room: name, identity }
    const seen: { facts: ParticipantFacts; settlement: Settlement | null } = { facts: row, settlement: null }
    const changed = await permissions.change(name, identity, sid, async (current, facts) => {
      const debt = await debts.of(sid)
      // The switch may have been set while others had their turn.
      const mayTake = takes && enforcement() === 'on'
      const settlement = settlePermissions(current, debt, deniedTo(book.about(identity, name), row, name), mayTake)
      Object.assign(seen, { facts, settlement })
      // Before LiveKit is asked: what was taken and not written down could never be given back.
      if (settlement.taken.length > 0) await debts.write(debtor, settlement.before)
      return succeed(settlement.next)
    })
    if (!changed.ok) return changed
    const { facts, settlement } = seen
    if (settlement?.before) await debts.write(debtor, settlement.after)
    const { isChanged, after } = changed.value
    if (isChanged) await rooms.submit({ ...about(name, room, by), type: 'permission_changed', participant: after })
    return succeed({ taken: settlement?.taken ?? [], given: settlement?.given ?? [], facts })
  }

  async function inheritNow(name: string, identity: string): Promise<void> {
    const row = find(name, identity)?.row
    if (!row) return
    const debtor = { sid: row.sid, room: name, identity }
    const measures = book.about(identity, name).filter((measure) => concerns(measure, { identity, room: name, role: row.role }))
    await debts.handOver(debtor, (earlier) => inheritDebts(earlier, measures, row.permissions))
  }

  function about(name: string, room: Room, by: Attribution | null): Pick<RoomEvent, 'id' | 'at' | 'cause' | 'room' | 'by'> {
    const common = { id: randomUUID(), at: now(), room: { name, sid: room.facts.sid, facts: null } }
    return by ? { ...common, cause: 'action', by } : { ...common, cause: 'server' }
  }

  const turn = <T>(name: string, identity: string, work: () => Promise<T>) => inTurn(JSON.stringify([name, identity]), work)

  return {
    find,
    demand,
    enforce: (name, identity, by, isThorough = false) => turn(name, identity, () => enforceNow(name, identity, by, isThorough)),
    inherit: (name, identity) => turn(name, identity, () => inheritNow(name, identity)),
    giveBack: (name, identity, by) =>
      turn(name, identity, async () => {
        const present = find(name, identity)
        if (!present) return fail('not_found', `${identity} is not in the room any more`, 'participant_gone')
        const settled = await settle(name, present, by, false)
        return settled.ok ? succeed(settled.value.given) : settled
      }),
  }
}

/** What was done, for the feed; `again`: to somebody who had it, or came, after the measure was imposed. Attention tells attempts of banned people by the first word. */
function describe(asked: Exclude<Demand, { kind: 'none' }>, again: boolean): string {
  switch (asked.kind) {
    case 'remove':
      return 'banned: removed'
    case 'close':
      return 'closed: room closed'
    case 'take': {
      const what = wordsOf(asked.sources)
      if (asked.measure.kind === 'lock') return `locked: ${what} taken`
      return `denied: ${what} taken${again ? ' again' : ''}`
    }
    default:
      return assertNever(asked, 'demand')
  }
}

function describeDry(asked: Exclude<Demand, { kind: 'none' }>): string {
  switch (asked.kind) {
    case 'remove':
      return 'dry run: would have removed somebody who is banned'
    case 'close':
      return 'dry run: would have closed the room'
    case 'take':
      return `dry run: would have taken ${wordsOf(asked.sources)}`
    default:
      return assertNever(asked, 'demand')
  }
}
