import { isDeepStrictEqual } from 'node:util'
import { defaultSettings, type ServiceSettings, type SettingsChange } from '#shared/contract/http-settings.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { Bus } from '#server/redis/bus.ts'
import { nothingStored, readStored, salvageStored, writeStored, type StoredService } from './stored-settings.ts'
import type { SettingsStore, StoredSettings } from './settings-store.ts'

/** How often the settings are read again, ms: the bus may lose the word of a change. */
const REREAD_MS = 60_000
/** How often a change that names no revision is tried while others change them, too. */
const ATTEMPTS = 5
/** All settings are one value, so that they have one revision. */
const KEY = 'service'

/** What is set for the whole service, in memory: asking costs nothing. */
export type SettingsBook = {
  /** Revision 0: nobody has changed the defaults. */
  readonly current: () => ServiceSettings
  /** They have changed, here or at another instance. */
  readonly changed: Emitter<ServiceSettings>
  /** Changes what is given; `by`: who asks. `conflict` where the revision it names is not the newest, `unavailable` while the database is away. */
  readonly change: (change: SettingsChange, by: string) => Promise<Result<ServiceSettings>>
  /** While the records are still open. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly store: SettingsStore
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly bus: Bus
  readonly log: { readonly warn: (line: string) => void }
  readonly now?: () => number
  readonly rereadMs?: number
}

type Held = { readonly stored: StoredSettings | null; readonly service: StoredService }

/** Reads the settings, and goes on reading; while the database is away what is known holds. Fails with one line where the first read fails. */
export async function openServiceSettings({
  store,
  describe,
  bus,
  log,
  now = Date.now,
  rereadMs = REREAD_MS,
}: Options): Promise<Result<SettingsBook>> {
  const changed = new Emitter<ServiceSettings>()
  const closing = new Disposables()
  let current: ServiceSettings = defaultSettings
  /** The value that could not be read, which is told once. */
  let unreadable: string | null = null
  let queue: Promise<unknown> = Promise.resolve()

  /** One after the other, so that an older read never follows a newer one. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }

  async function read(): Promise<Held> {
    const stored = await store.read(KEY)
    const service = stored ? understand(stored.value) : nothingStored
    keep(service, stored?.revision ?? 0)
    return { stored, service }
  }

  function understand(value: string): StoredService {
    const parsed = readStored(value)
    if (!parsed.ok && value !== unreadable)
      log.warn(`the stored settings can't be read (${parsed.message}): the defaults hold until an admin saves them anew`)
    unreadable = parsed.ok ? null : value
    return parsed.ok ? parsed.value : salvageStored(value)
  }

  function keep({ others: _newer, ...known }: StoredService, revision: number): void {
    const next = { ...known, revision }
    if (isDeepStrictEqual(next, current)) return
    current = next
    changed.emit(current)
  }

  const reread = () => void inTurn(read).catch(() => undefined)

  async function changeNow({ revision, ...changes }: SettingsChange, by: string): Promise<Result<ServiceSettings>> {
    let held = await read()
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const expected = held.stored?.revision ?? 0
      if (revision !== undefined && revision !== expected) return changedMeanwhile(held.stored)
      if (Object.values(changes).every((value) => value === undefined)) return succeed(current)
      const service = withChanges(held.service, changes)
      const written = await store.replace(KEY, { value: writeStored(service), expected, at: now(), by })
      if (written !== null) {
        keep(service, written)
        void bus.publish({ kind: 'settings_changed' })
        return succeed(current)
      }
      held = await read()
    }
    return changedMeanwhile(held.stored)
  }

  try {
    await read()
  } catch (error) {
    return fail('unavailable', describe(error))
  }
  const timer = setInterval(reread, rereadMs).unref()
  closing.add(
    () => clearInterval(timer),
    bus.joined.subscribe(reread),
    bus.subscribe((message, from) => message.kind === 'settings_changed' && from !== bus.instance && reread()),
  )
  return succeed({
    current: () => current,
    changed,
    change: (change, by) => inTurn(() => changeNow(change, by)).catch((error: unknown) => fail('unavailable', describe(error))),
    async close() {
      closing.dispose()
      await queue
    },
  })
}

function withChanges(service: StoredService, { attention, enforcement, retentionDays }: SettingsChange): StoredService {
  return {
    attention: attention ?? service.attention,
    enforcement: enforcement ?? service.enforcement,
    retentionDays: retentionDays ?? service.retentionDays,
    others: service.others,
  }
}

function changedMeanwhile(stored: StoredSettings | null): Failure {
  const who = stored?.changedBy ?? 'somebody'
  return fail('conflict', `${who} has changed the settings meanwhile: look at them again`, 'changed_meanwhile')
}
