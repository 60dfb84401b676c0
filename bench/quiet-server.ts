/** What a sync server looks at by itself after its start is over by then, ms; see `quietServer`. */
export const SETTLE_MS = 3000

/** Where a server and its peers are, and who may use them; no Redis: in memory. */
type Place = { readonly livekit: string; readonly redis?: string; readonly secret: string; readonly token: string }

/** What a sync server is told that looks at LiveKit twice after its start, observes nothing, and then is left alone. The LiveKit key is `bench`. */
export function quietServer({ livekit, redis, secret, token }: Place): Record<string, string> {
  return {
    PORT: '0',
    LIVEKIT_HOST: livekit,
    LIVEKIT_API_KEY: 'bench',
    LIVEKIT_API_SECRET: secret,
    ...(redis === undefined ? {} : { REDIS_URL: redis }),
    SYNC_INTERVAL_MS: '86400000',
    OBSERVE_ROOMS: '0',
    USHER_ADMIN_TOKEN: token,
    LOG_LEVEL: 'warn',
  }
}
