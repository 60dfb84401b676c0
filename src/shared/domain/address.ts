import { z } from 'zod'

/** LiveKit's address. A user or password in it would be shown where addresses are; LiveKit takes none. */
export const livekitAddressSchema = withoutUser(
  z.url({ protocol: /^(https?|wss?)$/, error: 'must be an address that starts with http://, https://, ws:// or wss://', abort: true }),
)

/** LiveKit's address as clients reach it. */
export const livekitPublicAddressSchema = withoutUser(
  z.url({ protocol: /^wss?$/, error: 'must be an address that starts with ws:// or wss://', abort: true }),
)

/** Redis's address: `redis://` or `rediss://`, with a password and a database's number if there are any. */
export const redisAddressSchema = z
  .url({ protocol: /^rediss?$/, error: 'must be an address that starts with redis:// or rediss://', abort: true })
  .refine((text) => /^\/?\d*$/.test(new URL(text).pathname), "must end with the host's name, or with a database's number")
  .refine(
    (text) => isDecodable(new URL(text).username) && isDecodable(new URL(text).password),
    'must have each % of its password written as %25',
  )

/** PostgreSQL's address: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
export const postgresAddressSchema = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must be an address that starts with postgres://', abort: true })
  .refine((text) => new URL(text).hostname !== '', 'must name a host')
  .refine((text) => isDecodable(new URL(text).username + new URL(text).password), 'must have each % of its password written as %25')

function withoutUser(address: z.ZodURL): z.ZodURL {
  return address.refine((text) => new URL(text).username === '' && new URL(text).password === '', 'must not hold a user or password')
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
