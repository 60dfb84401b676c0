import type { IncomingHttpHeaders } from 'node:http'

/** What a handshake tells of where it comes from. */
type Handshake = { readonly address: string; readonly headers: IncomingHttpHeaders }
export type AddressOf = (handshake: Handshake) => string

/** Where a Socket.IO handshake comes from: who connected, or with `trustProxy` whom the proxy names first, as Fastify has it for requests. */
export function createAddressOf({ trustProxy }: { readonly trustProxy: boolean }): AddressOf {
  return ({ address, headers }) => {
    const told = headers['x-forwarded-for']
    const [first] = (Array.isArray(told) ? told.join(',') : (told ?? '')).split(',')
    return trustProxy && first !== undefined && first.trim() !== '' ? first.trim() : address
  }
}
