import type { IncomingHttpHeaders } from 'node:http'

/** What a request or a handshake tells of where it comes from; `address` is the other end of its connection. */
type Origin = { readonly address: string; readonly headers: IncomingHttpHeaders }
export type AddressOf = (origin: Origin) => string

/**
 * Where a request or handshake comes from: who connected, or with `trustProxy` whom the proxy names last in `X-Forwarded-For`. A proxy adds the
 * address that it sees at the end; what stands before that came with the request, and anybody can write anything there.
 */
export function createAddressOf({ trustProxy }: { readonly trustProxy: boolean }): AddressOf {
  return ({ address, headers }) => {
    const told = headers['x-forwarded-for']
    const last = (Array.isArray(told) ? told.join(',') : (told ?? '')).split(',').at(-1)?.trim() ?? ''
    return trustProxy && last !== '' ? last : address
  }
}
