/** The script that gives a page `window.usher`. */
export const BRIDGE_PATH = '/page-bridge.js'

/** Where a page opens its socket. */
export const SOCKET_PATH = '/socket'

/** Why the console closes a page's socket; the page tells its moderator what to do. */
export const closeCodes = { unknownPage: 4401, silent: 4408 } as const
