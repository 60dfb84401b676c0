import type { AddOperator, ListedOperator } from '#shared/contract/http-operators.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { createToken, hashToken } from './operator-token.ts'
import type { OperatorStore } from './operator-store.ts'

/** Where operators are added, listed and revoked, by HTTP and from the command line. `unavailable` where the database is away. */
export type OperatorDesk = {
  readonly list: () => Promise<Result<readonly ListedOperator[]>>
  /** The token is in no later answer. `by`: who asks. */
  readonly add: (operator: AddOperator, by: string) => Promise<Result<ListedOperator & { readonly token: string }>>
  /** The name whose token ends with it. */
  readonly revoke: (name: string) => Promise<Result<string>>
}

type Options = {
  readonly store: OperatorStore
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  /** Who is valid has changed, and this process is to know it before the answer. */
  readonly onChanged: () => Promise<void>
  readonly now?: () => number
}

export function createOperatorDesk({ store, describe, onChanged, now = Date.now }: Options): OperatorDesk {
  async function attempt<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    try {
      return await work()
    } catch (error) {
      return fail('unavailable', describe(error))
    }
  }

  return {
    list: () => attempt(async () => succeed(await store.list())),
    add: ({ name, role, expiresAt: ends }, by) =>
      attempt(async () => {
        const createdAt = now()
        const expiresAt = ends ?? null
        if (expiresAt !== null && expiresAt <= createdAt) return fail('invalid', 'expiresAt must be a time to come, in ms')
        const token = createToken()
        const added = await store.add({ name, role, hash: hashToken(token), createdBy: by, createdAt, expiresAt })
        if (!added.ok) return added
        await onChanged()
        return succeed({ ...added.value, token })
      }),
    revoke: (given) =>
      attempt(async () => {
        const name = given.normalize('NFC').trim()
        if (!(await store.revoke(name, now())))
          return fail('not_found', `there is no operator ${JSON.stringify(name)} whose token could be revoked`)
        await onChanged()
        return succeed(name)
      }),
  }
}
