import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent, type WebContents } from 'electron'
import type { Core, CoreClient } from '#core/core.ts'
import type { Log } from '#core/ports.ts'
import { isRequestName, type IpcReply } from '#shared/contract/ipc.ts'
import { fail } from '#shared/domain/failure.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { APP_ORIGIN, isAppAddress } from './app-address.ts'

/** The two channels there are; the preload names the same. */
const REQUEST = 'usher:request'
const PUSHES = 'usher:pushes'

/**
 * The IPC contract over Electron's channels: one window, one client of core. A request is answered only to the main frame of a window of
 * ours that shows the app.
 */
export function serveIpc(core: Promise<Core>, log: Log): { readonly attach: (window: BrowserWindow) => void } {
  const clients = new Map<WebContents, Promise<CoreClient>>()

  function connect(contents: WebContents): void {
    disconnect(contents)
    const client = core.then(({ connect: open }) =>
      open((pushes) => {
        if (!contents.isDestroyed()) contents.send(PUSHES, pushes)
      }),
    )
    clients.set(contents, client)
    // Who waits for core hears of its failure; here it must only not be unhandled.
    client.catch(() => undefined)
  }

  function disconnect(contents: WebContents): void {
    const client = clients.get(contents)
    clients.delete(contents)
    client?.then((open) => open.close()).catch(() => undefined)
  }

  async function answer(event: IpcMainInvokeEvent, name: unknown, payload: unknown): Promise<IpcReply> {
    const frame = event.senderFrame
    const client = clients.get(event.sender)
    if (client === undefined || frame === null || frame.parent !== null || frame.origin !== APP_ORIGIN) {
      log('warn', 'a request from outside the app was refused')
      return fail('forbidden', 'only the app itself may ask')
    }
    if (typeof name !== 'string' || !isRequestName(name)) {
      log('warn', 'the app asked for something that is not in the contract; it was refused')
      return fail('invalid', 'there is no such request')
    }
    try {
      return await (await client).request(name, payload)
    } catch (error) {
      log('error', `${name} failed: ${describeError(error)}`)
      return fail('internal', 'Usher failed at this: its log says more')
    }
  }

  ipcMain.handle(REQUEST, answer)
  return {
    attach(window) {
      const contents = window.webContents
      connect(contents)
      // A page that is loaded again has no subscriptions any more. This comes before a way out of the app is barred, and then the page
      // stays.
      contents.on('did-start-navigation', (event) => {
        if (event.isMainFrame && !event.isSameDocument && isAppAddress(event.url)) connect(contents)
      })
      contents.once('destroyed', () => disconnect(contents))
    },
  }
}
