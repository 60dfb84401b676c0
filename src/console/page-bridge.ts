import { createBridge } from '#shared/contract/bridge.ts'
import { createPageLink } from './page-link.ts'
import { BRIDGE_PATH, SOCKET_PATH } from './page-protocol.ts'

const STORAGE_KEY = 'usher-page'

/** Runs in the page before the app does: takes the page's key out of the document and gives the app `window.usher`. */
function start(): void {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="usher-page"]')
  let key = meta?.content ?? null
  meta?.remove()
  if (key !== null) remember(key)

  const link = createPageLink({
    openSocket: (events) => {
      const socket = new WebSocket(SOCKET_PATH)
      socket.addEventListener('open', events.onOpen)
      socket.addEventListener('message', (event) => events.onMessage(event.data))
      socket.addEventListener('close', (event) => events.onClose(event.code))
      return socket
    },
    nonce: () => (key = recall() ?? key),
    knock: async () => {
      const response = await fetch(BRIDGE_PATH, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
      return response?.status === 401 ? 'stranger' : 'nobody'
    },
    now: () => Date.now(),
  })
  Object.defineProperty(window, 'usher', {
    value: Object.freeze(createBridge({ host: 'browser', ask: link.ask, onPushes: link.onPushes })),
  })
}

/** Into the origin's own storage: unlike the cookie, no other port of this machine gets to see it. */
function remember(key: string): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, key)
  } catch {
    // The browser is told to keep nothing: then the key lasts until the page is reloaded.
  }
}

function recall(): string | null {
  try {
    return window.localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

start()
