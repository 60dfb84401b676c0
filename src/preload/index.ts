import { contextBridge, ipcRenderer } from 'electron'
import { createBridge, type Bridge } from '#shared/contract/bridge.ts'
import type { IpcReply, Push } from '#shared/contract/ipc.ts'

/** The two channels there are; src/main/ipc-main.ts names the same. */
const REQUEST = 'usher:request'
const PUSHES = 'usher:pushes'

const bridge = createBridge({
  host: 'electron',
  // Main answers with nothing but replies of the contract.
  ask: (name, payload) => ipcRenderer.invoke(REQUEST, name, payload) as Promise<IpcReply>,
  onPushes(listener) {
    const own = (_event: unknown, pushes: readonly Push[]): void => listener(pushes)
    ipcRenderer.on(PUSHES, own)
    return () => void ipcRenderer.off(PUSHES, own)
  },
}) satisfies Bridge

contextBridge.exposeInMainWorld('usher', bridge)
