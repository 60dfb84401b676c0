/** The real programs that tests and benches run against, as absolute paths; null where one isn't there. */
export type Peers = {
  readonly redis: string | null
  readonly chromium: string | null
  readonly livekit: string | null
  /** The folder of PostgreSQL's programs. */
  readonly postgres: string | null
  readonly toxiproxy: string | null
  /** A Python with python-socketio's client. */
  readonly python: string | null
}

export declare function findPeers(): Peers
