import { findPeers, type Peers } from '../scripts/lib/find-peers.mjs'

/**
 * The real programs of this machine: `USHER_REDIS_SERVER`, `USHER_LIVEKIT_SERVER` and the like (`npm test` sets them), else what PATH has.
 * A suite that needs one says so: `describe.skipIf(peers.redis === null)(...)`.
 */
export const peers: Peers = findPeers()
