import { EventEmitter } from 'node:events'

/** Put before a utility process: `process.parentPort` instead of Node's own channel, as Electron has it. */
const send = process.send?.bind(process)
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown): void => void send?.(message),
})
process.on('message', (data) => parentPort.emit('message', { data, ports: [] }))
// Electron ends a utility process with its parent.
process.on('disconnect', () => process.exit(0))
Object.defineProperty(process, 'send', { value: undefined })
Object.defineProperty(process, 'parentPort', { value: parentPort })
