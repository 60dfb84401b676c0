/** What an instance asks for: to go on with the rooms in `keep`, and to be given the first `count` of `want` that nobody else has. */
export type LeaseRequest = { readonly keep: readonly string[]; readonly want: readonly string[]; readonly count: number }
/** `lost`: another instance has these now. `taken`: these are this instance's from now on. */
export type LeaseAnswer = { readonly lost: readonly string[]; readonly taken: readonly string[] }

/** Which instance observes which room: one a room. A lease ends by itself when its holder doesn't ask for it again in time. */
export type ObserveLeases = {
  /** Null where the store can't be asked: then nothing changes. */
  readonly hold: (request: LeaseRequest) => Promise<LeaseAnswer | null>
  readonly release: (rooms: readonly string[]) => Promise<void>
  readonly close: () => void
}

/** For a server that is the only one. */
export function createSoleLeases(): ObserveLeases {
  return {
    hold: ({ want, count }) => Promise.resolve({ lost: [], taken: want.slice(0, count) }),
    release: () => Promise.resolve(),
    close: () => undefined,
  }
}
