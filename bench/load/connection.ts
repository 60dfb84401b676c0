import { once } from 'node:events'
import { connect } from 'node:net'

/** A keep-alive HTTP connection that carries one request at a time; as little of a client as can be, so that the server is what is measured. */
export type Connection = {
  /** Sends a whole request; `answered` gets the status of the answer. */
  readonly send: (request: Buffer, answered: (status: number) => void) => void
  readonly close: () => void
}

const HEAD_END = '\r\n\r\n'

/** Connects. A connection that breaks throws: no number of a run that lost requests means anything. */
export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  let answered: ((status: number) => void) | null = null
  let received = ''
  let closing = false
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const end = received.indexOf(HEAD_END)
    if (end < 0) return
    const length = /content-length: (\d+)/i.exec(received.slice(0, end))
    if (!length) throw new Error(`an answer without a length came: ${received.slice(0, end)}`)
    if (received.length < end + HEAD_END.length + Number(length[1])) return
    const status = Number(received.slice(9, 12))
    const tell = answered
    received = ''
    answered = null
    tell?.(status)
  })
  socket.on('close', () => {
    if (!closing) throw new Error('the server closed a connection')
  })
  return {
    send(request, tell) {
      answered = tell
      socket.write(request)
    },
    close() {
      closing = true
      socket.destroy()
    },
  }
}
