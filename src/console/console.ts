import { createServer, type Server } from 'node:http'
import type { Core } from '#core/core.ts'
import type { Log } from '#core/ports.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { createAccess } from './access.ts'
import { removeControl, writeControl } from './control-file.ts'
import { createHttpHandler, type PageSource } from './http.ts'
import { createLaunchTokens } from './launch-token.ts'
import { createPageSessions } from './page-sessions.ts'
import { createSecret } from './random-secret.ts'
import { createTransport } from './transport.ts'

export type ConsoleOptions = {
  /** 0 takes one that is free. */
  readonly port: number
  readonly page: PageSource
  readonly controlFile: string
  /** Called once the port is taken, so that a start that can't succeed starts nothing. */
  readonly createCore: () => Promise<Core>
  readonly log: Log
  readonly now?: () => number
}

export type RunningConsole = {
  readonly port: number
  /** A new launch link, good once. */
  readonly newLink: () => string
  /** Ends every page's session and core with all its children. */
  readonly close: () => Promise<void>
}

/** The browser host: core behind a loopback address that only who has a launch link can use. */
export async function startConsole(options: ConsoleOptions): Promise<Result<RunningConsole>> {
  const server = createServer()
  const listening = await listen(server, options.port)
  if (!listening.ok) return listening
  const port = listening.value
  const address = `http://127.0.0.1:${port}`
  const access = createAccess(port)
  const tokens = createLaunchTokens(options.now ?? Date.now)
  const sessions = createPageSessions()
  const controlSecret = createSecret()
  const newLink = (): string => `${address}/?launch=${tokens.issue()}`

  let core: Core
  try {
    core = await options.createCore()
  } catch (error) {
    await closeServer(server)
    throw error
  }
  const transport = createTransport({ access, sessions, core, log: options.log })
  server.on('request', createHttpHandler({ access, tokens, sessions, page: options.page, controlSecret, newLink, log: options.log }))
  server.on('upgrade', transport.upgrade)
  async function close(): Promise<void> {
    transport.close()
    await Promise.all([closeServer(server), core.dispose(), removeControl(options.controlFile, controlSecret)])
  }
  try {
    await writeControl(options.controlFile, { url: address, secret: controlSecret })
  } catch (error) {
    await close()
    throw error
  }
  return succeed({ port, newLink, close })
}

function listen(server: Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(fail('unavailable', describeListenError(error, port))))
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address()
      resolve(succeed(address !== null && typeof address === 'object' ? address.port : port))
    })
  })
}

function describeListenError(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} is in use: choose another with --port, or leave it out for a free one`
  if (error.code === 'EACCES') return `Port ${port} needs special rights: choose one above 1023 with --port`
  return `Usher can't listen on port ${port}: ${error.code ?? error.message}`
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
