import type { DemoRunning, ServerSettings } from '#shared/contract/embedded.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { Endpoint } from '../link/link.ts'
import type { Launcher, Log } from '../ports.ts'
import { isPortFree } from './port.ts'
import { createToken, settingsForDemo, settingsForDirect, USUAL_PORT } from './settings.ts'
import { supervise, type Supervisor } from './supervisor.ts'

/** What a profile needs beside the link: its embedded programs, if it has some. */
export type Backend = {
  /** Why the open room can't be joined by this console; null where it can. */
  readonly whyUnobservable: () => Failure | null
  /** Ends the programs and resolves when they are gone. */
  readonly stop: () => Promise<void>
}

export type BackendOptions = {
  readonly launcher: Launcher
  readonly log: Log
  readonly hide: (secrets: Iterable<string>) => void
  readonly starting: (why: string) => void
  /** There is a sync server to link to; said again when it was started again. */
  readonly ready: (endpoint: Endpoint) => void
  readonly ended: (why: string) => void
}

/** Starts what the profile needs. */
export function startBackend(profile: Profile, options: BackendOptions): Backend {
  switch (profile.kind) {
    case 'demo':
      return startDemo(options)
    case 'direct':
      return startDirect(profile, options)
    case 'team':
      options.ready({ url: profile.serverUrl, token: profile.token })
      return { whyUnobservable: () => null, stop: () => Promise.resolve() }
    default:
      return assertNever(profile, 'profile')
  }
}

function superviseServer(settings: ServerSettings, token: string, options: BackendOptions): Supervisor {
  const { launcher, log } = options
  return supervise({
    name: 'embedded sync server',
    log,
    start: () => launcher.startSyncServer(settings),
    running: (running) => options.ready({ url: running.url, token }),
    failed: (why, again) => tellFailed(why, again, options),
    crashed: () => options.starting('the embedded sync server ended by itself; starting it again'),
  })
}

function tellFailed(why: string, again: boolean, { starting, ended }: BackendOptions): void {
  if (again) starting(`${why}; trying again`)
  else ended(why)
}

function startDirect(profile: Extract<Profile, { kind: 'direct' }>, options: BackendOptions): Backend {
  const token = createToken()
  options.hide([token])
  let server: Supervisor | null = null
  let stopped = false

  async function start(): Promise<void> {
    options.starting('starting the embedded sync server')
    const port = (await isPortFree(USUAL_PORT)) ? USUAL_PORT : await options.launcher.freePort()
    if (!stopped) server = superviseServer(settingsForDirect(profile, port, token), token, options)
  }
  const started = start().catch(() => options.ended('no port of this machine could be found for the embedded sync server'))
  return {
    whyUnobservable: () => null,
    async stop() {
      stopped = true
      await started
      await server?.stop()
    },
  }
}

function startDemo(options: BackendOptions): Backend {
  const { launcher, log } = options
  const token = createToken()
  options.hide([token])
  let demo: Supervisor | null = null
  let server: Supervisor | null = null
  let livekit: DemoRunning | null = null
  let stopped = false
  let turn: Promise<void> = Promise.resolve()

  async function start(): Promise<void> {
    options.starting('starting the demo')
    const port = await launcher.freePort()
    if (stopped) return
    demo = supervise({
      name: 'demo',
      log,
      start: () => launcher.startDemo({ webhookUrl: `http://127.0.0.1:${port}/api/livekit-webhook` }),
      running: (running) => void (turn = turn.then(() => serve(running, port))),
      failed: (why, again) => tellFailed(why, again, options),
      crashed: () => options.starting('the demo ended by itself; starting it again'),
    })
  }
  /** The demo that was started again may have other keys, and its rooms are new: the sync server starts anew with it. */
  async function serve(running: DemoRunning, port: number): Promise<void> {
    await server?.stop()
    if (stopped) return
    livekit = running
    options.hide([running.apiKey, running.apiSecret])
    server = superviseServer(settingsForDemo(running, port, token), token, options)
  }
  const started = start().catch(() => options.ended('no port of this machine could be found for the demo'))
  return {
    whyUnobservable: () =>
      livekit === null || livekit.kind === 'simulator'
        ? fail('unsupported', 'this demo simulates its rooms: there is nothing to join; who speaks comes with the presence')
        : null,
    async stop() {
      stopped = true
      await started
      await Promise.all([demo?.stop(), turn.then(() => server?.stop())])
    },
  }
}
