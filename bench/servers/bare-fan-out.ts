import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'

// Socket.IO and nothing else: what is posted is sent to everybody in the room.

const io = new Server({ transports: ['websocket'], serveClient: false })
io.on('connection', (socket) => {
  socket.on('subscribe_room', (_payload: unknown, ack: (answer: object) => void) => {
    void socket.join('room')
    ack({ ok: true })
  })
})

const server = createServer((request, response) => {
  if (request.method !== 'POST') return
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    io.to('room').emit('participants_update', JSON.parse(Buffer.concat(chunks).toString()))
    response.end()
  })
})
io.attach(server)
server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
