import { createHmac, timingSafeEqual } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { operatorRoleSchema } from '#shared/contract/http-operators.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { hashToken, looksLikeToken } from './operator-token.ts'
import type { OperatorStore, StoredToken } from './operator-store.ts'

/** How old what is known of the operators may be, ms; a revoked token must be without effect within 5 s. */
const REREAD_MS = 2000
/** How often unknown tokens may make it read at once, ms, and how long one waits for that. */
const UNKNOWN_SPACING_MS = 200
const UNKNOWN_WAIT_MS = 1000
/** From this length on a token of the settings counts as one that nobody guesses; `openssl rand -hex 16` has it. */
const UNGUESSABLE_LENGTH = 32
/** How exactly the last use of a token is recorded, ms. */
const USE_MS = 60_000

/**
 * An operator, and which token it was. What is kept for somebody goes by the token and never by the name: a name can be given again, and then
 * what was opened with the old token is not the new one's.
 */
export type TokenHolder = { readonly tokenId: string; readonly operator: Operator }

/** A token that stopped being valid, or changed what it is for. */
export type EndedToken = { readonly tokenId: string; readonly name: string; readonly why: 'revoked' | 'expired' | 'role_changed' }

/** What the connections of such a token are told. */
export const endings = {
  revoked: 'the token was revoked',
  expired: 'the token has expired',
  role_changed: 'the role of the token has changed: connect again',
} as const satisfies Record<EndedToken['why'], string>

/** Who may use this server, in memory: every request asks here, and the database only now and then. */
export type OperatorBook = {
  /** Who a token belongs to; null where it is nobody's, or no longer. */
  readonly authenticate: (token: string | undefined) => Promise<TokenHolder | null>
  /** The same for a token that nobody guesses, because this server made it or because it is long, without looking anything up. */
  readonly recognize: (token: string | undefined) => TokenHolder | null
  /** Whether a token is valid still. */
  readonly isValid: (tokenId: string) => boolean
  /** The holder of a token as they are now; null where it is not valid any more. One that is not known here is looked up. */
  readonly find: (tokenId: string) => Promise<TokenHolder | null>
  /** Whether there is no valid token beside those of the settings. */
  readonly isEmpty: () => boolean
  /** Told when it is noticed, within about two seconds, whoever did it: what is open with that token is to be closed. */
  readonly revoked: Emitter<EndedToken>
  /** Reads the operators now. */
  readonly reread: () => Promise<void>
  /** Stops reading, and records the last uses. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly store: OperatorStore
  readonly settings: Pick<ServerSettings, 'admin' | 'serviceToken' | 'livekitKeys'>
  /** Why the operators can't be read or their use not recorded, once; null when they can again. Meanwhile those that are known stay valid. */
  readonly onTrouble: (error: unknown) => void
  readonly now?: () => number
  readonly rereadMs?: number
}

/** Reads the operators, and goes on reading. Throws what the database says where the first read fails. */
export async function openOperatorBook({
  store,
  settings,
  onTrouble,
  now = Date.now,
  rereadMs = REREAD_MS,
}: Options): Promise<OperatorBook> {
  const fixed = fixedTokens(settings)
  const revoked = new Emitter<EndedToken>()
  let known: ReadonlyMap<string, KnownOperator> = read(await store.tokens())
  let away = false
  let uses = new Map<string, number>()
  let recordedAt = now()
  let queue: Promise<void> = Promise.resolve()
  let waiting: Promise<void> | null = null
  let forUnknown: Promise<void> | null = null
  let unknownAt = Number.NEGATIVE_INFINITY

  function read(tokens: readonly StoredToken[]): Map<string, KnownOperator> {
    const at = now()
    const valid = tokens.flatMap(({ hash, id, name, role, expiresAt }) => {
      const parsed = operatorRoleSchema.safeParse(role)
      if (!parsed.success || isOver(expiresAt, at)) return []
      return [[hash, { expiresAt, holder: { tokenId: id, operator: { name, role: parsed.data } } }] as const]
    })
    return new Map(valid)
  }

  function replace(next: ReadonlyMap<string, KnownOperator>): void {
    const before = known
    known = next
    for (const [hash, { holder, expiresAt }] of before) {
      const { tokenId, operator } = holder
      const after = next.get(hash)?.holder.operator
      if (after?.role === operator.role && after.name === operator.name) continue
      revoked.emit({ tokenId, name: operator.name, why: after ? 'role_changed' : isOver(expiresAt, now()) ? 'expired' : 'revoked' })
    }
  }

  /** Does something with the database; a failure is told once. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await work()
      if (away) onTrouble(null)
      away = false
      return value
    } catch (error) {
      if (!away) onTrouble(error)
      away = true
      return undefined
    }
  }

  async function readAndRecord(): Promise<void> {
    const tokens = await attempt(store.tokens)
    if (tokens) replace(read(tokens))
    if (tokens && now() - recordedAt >= USE_MS) await record()
  }

  function endExpired(): void {
    replace(new Map([...known].filter(([, { expiresAt }]) => !isOver(expiresAt, now()))))
  }

  /** A read that begins after this call; all who ask before it begins share it. */
  function reread(): Promise<void> {
    waiting ??= queue = queue.then(() => {
      waiting = null
      return readAndRecord()
    })
    return waiting
  }

  /** The same, for a token that may just have been added; a flood of wrong ones asks the database no more often than this. */
  function rereadForUnknown(): Promise<void> {
    forUnknown ??= delay(Math.max(0, unknownAt + UNKNOWN_SPACING_MS - now()), undefined, { ref: false }).then(() => {
      forUnknown = null
      unknownAt = now()
      return reread()
    })
    return forUnknown
  }

  async function record(): Promise<void> {
    recordedAt = now()
    if (uses.size === 0) return
    const taken = uses
    uses = new Map()
    const done = await attempt(() => store.recordUses(taken).then(() => true))
    if (!done) uses = new Map([...taken, ...uses])
  }

  function admit(hash: string): TokenHolder | null {
    const found = known.get(hash)
    if (!found || isOver(found.expiresAt, now())) return null
    uses.set(found.holder.tokenId, now())
    return found.holder
  }

  function findHere(tokenId: string): TokenHolder | null {
    const settled = fixed.find(({ holder }) => holder.tokenId === tokenId)
    if (settled) return settled.holder
    const found = [...known.values()].find(({ holder }) => holder.tokenId === tokenId)
    return found && !isOver(found.expiresAt, now()) ? found.holder : null
  }

  function findFixed(hash: string): TokenHolder | null {
    return fixed.find((each) => timingSafeEqual(Buffer.from(each.hash), Buffer.from(hash)))?.holder ?? null
  }

  async function lookAgain(): Promise<void> {
    if (!away) await Promise.race([rereadForUnknown(), delay(UNKNOWN_WAIT_MS, undefined, { ref: false })])
  }

  const timer = setInterval(() => {
    // What has expired ends also while the database is away, or takes its time.
    endExpired()
    void reread()
  }, rereadMs).unref()

  return {
    async authenticate(token) {
      if (token === undefined) return null
      const hash = hashToken(token)
      const settled = findFixed(hash)
      if (settled) return settled
      if (!known.has(hash) && looksLikeToken(token)) await lookAgain()
      return admit(hash)
    },
    recognize(token) {
      if (token === undefined) return null
      const hash = hashToken(token)
      return (token.length >= UNGUESSABLE_LENGTH ? findFixed(hash) : null) ?? admit(hash)
    },
    isValid: (tokenId) => findHere(tokenId) !== null,
    async find(tokenId) {
      const found = findHere(tokenId)
      if (found) return found
      await lookAgain()
      return findHere(tokenId)
    },
    isEmpty: () => known.size === 0,
    revoked,
    reread,
    async close() {
      clearInterval(timer)
      await queue
      if (!away) await record()
    },
  }
}

type KnownOperator = { readonly expiresAt: number | null; readonly holder: TokenHolder }
type FixedToken = { readonly hash: string; readonly holder: TokenHolder }

/**
 * The tokens of the settings. Unlike ours they may be short, so they are compared by hash, in constant time. Their ids are the same at every
 * instance and other ones when the token is changed; they are stored elsewhere, so nobody without the secret can try tokens on them.
 */
function fixedTokens({ admin, serviceToken, livekitKeys }: Options['settings']): readonly FixedToken[] {
  const fix = (token: string, operator: Operator): FixedToken => {
    const id = createHmac('sha256', livekitKeys[0]?.secret ?? '').update(`${operator.role} ${token}`)
    return { hash: hashToken(token), holder: { tokenId: `settings-${id.digest('base64url')}`, operator } }
  }
  return [
    ...(admin ? [fix(admin.token, { name: admin.name, role: 'admin' })] : []),
    ...(serviceToken === null ? [] : [fix(serviceToken, { name: 'service', role: 'service' })]),
  ]
}

function isOver(expiresAt: number | null, at: number): boolean {
  return expiresAt !== null && expiresAt <= at
}
