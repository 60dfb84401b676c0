import { createHash, timingSafeEqual } from 'node:crypto'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import type { Operator } from '#shared/domain/operator.ts'

/** Who a token belongs to; null where it is nobody's. */
export type Authenticate = (token: string | undefined) => Promise<Operator | null>

/** Knows the admin's and the service's tokens of the settings. Tokens are compared by hash, in constant time. */
export function createAuthenticate({ admin, serviceToken }: ServerSettings): Authenticate {
  const known: { readonly hash: Buffer; readonly operator: Operator }[] = []
  if (admin) known.push({ hash: sha256(admin.token), operator: { name: admin.name, role: 'admin' } })
  if (serviceToken !== null) known.push({ hash: sha256(serviceToken), operator: { name: 'service', role: 'service' } })
  return (token) => {
    if (token === undefined) return Promise.resolve(null)
    const hash = sha256(token)
    return Promise.resolve(known.find((each) => timingSafeEqual(each.hash, hash))?.operator ?? null)
  }
}

/** Knows those same two by name. */
export function createFindOperator({ admin, serviceToken }: ServerSettings): (name: string) => Promise<Operator | null> {
  return (name) => {
    if (admin?.name === name) return Promise.resolve({ name, role: 'admin' })
    return Promise.resolve(serviceToken !== null && name === 'service' ? { name, role: 'service' } : null)
  }
}

/** The token of an `Authorization: Bearer TOKEN` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
