/** Where a page opens its socket. */
export const SOCKET_PATH = '/socket'

/** Why the console closes a page's socket; the page tells its moderator what to do. */
export const closeCodes = { unknownPage: 4401, silent: 4408 } as const
