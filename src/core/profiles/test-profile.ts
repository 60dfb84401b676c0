import type { ServerRunning } from '#shared/contract/embedded.ts'
import { fail, type Result } from '#shared/domain/failure.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { createLink, describeAddress, REQUEST_TIMEOUT_MS, type Endpoint, type LinkEvent } from '../link/link.ts'
import type { Child, Launcher, Log } from '../ports.ts'
import { createToken, settingsForDirect } from '../session/settings.ts'

/** How long a trial sync server may take to check LiveKit and Redis. */
const START_LIMIT_MS = 15_000

/** What a trial found, in one plain line. */
export type Trial = { readonly ok: boolean; readonly message: string }

/** Tries what a profile says: nothing is saved, and nothing of it runs on. */
export async function testProfile(profile: Profile, launcher: Launcher, log: Log): Promise<Trial> {
  switch (profile.kind) {
    case 'demo':
      return { ok: true, message: 'the demo needs no settings' }
    case 'direct':
      return tryDirect(profile, launcher)
    case 'team':
      return tryTeam({ url: profile.serverUrl, token: profile.token }, log)
    default:
      return assertNever(profile, 'profile')
  }
}

/** A sync server checks its LiveKit and Redis when it starts, and says in one line what is wrong. */
async function tryDirect(profile: Extract<Profile, { kind: 'direct' }>, launcher: Launcher): Promise<Trial> {
  const server = launcher.startSyncServer(settingsForDirect(profile, 0, createToken()))
  try {
    const started = await waitForStart(server)
    return started.ok ? { ok: true, message: 'LiveKit answered, and the key is good' } : { ok: false, message: started.message }
  } finally {
    await server.stop()
  }
}

async function tryTeam(endpoint: Endpoint, log: Log): Promise<Trial> {
  const address = describeAddress(endpoint.url)
  const link = createLink(log)
  try {
    return await new Promise<Trial>((resolve) => {
      let connected = false
      const timer = setTimeout(() => {
        if (connected) resolve({ ok: true, message: `connected to ${address}` })
        else resolve({ ok: false, message: `the sync server at ${address} did not answer within 5 s` })
      }, REQUEST_TIMEOUT_MS)
      link.subscribe((event) => {
        if (event.type === 'connected') connected = true
        const trial = readTrial(event, address)
        if (trial === null) return
        clearTimeout(timer)
        resolve(trial)
      })
      link.open(endpoint)
    })
  } finally {
    link.close()
  }
}

function readTrial(event: LinkEvent, address: string): Trial | null {
  if (event.type === 'refused') return { ok: false, message: `the sync server at ${address} refused the token: ${event.why}` }
  if (event.type === 'down') return { ok: false, message: `the sync server at ${address} could not be reached` }
  if (event.type !== 'pushed' || event.push.name !== 'welcome') return null
  const { name, role } = event.push.payload.operator
  return { ok: true, message: `connected to ${address} as ${name} (${role})` }
}

function waitForStart(server: Child<ServerRunning>): Promise<Result<ServerRunning>> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(fail('unavailable', 'LiveKit did not answer within 15 s')), START_LIMIT_MS)
    function settle(result: Result<ServerRunning>): void {
      clearTimeout(timer)
      resolve(result)
    }
    const ended = fail('unavailable', 'the trial sync server ended while it started')
    void server.ready.then(settle)
    // Its line may be a moment behind its exit.
    server.onExit(() => setImmediate(settle, ended))
  })
}
