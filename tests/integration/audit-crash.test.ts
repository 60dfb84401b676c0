import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditPageSchema } from '#shared/contract/http-audit.ts'
import { actionResultSchema, type ActionResult } from '#shared/domain/action.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { openLivekitGate, type GateEvent, type LivekitGate } from '../harness/livekit-gate.ts'
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const ROUNDS = 20
/** The longest an action is left alone before the server is killed, ms. */
const LONGEST_MS = 25

/** When a server is killed: after so many ms, or when the call to LiveKit is so far. */
type Moment = GateEvent['at'] | number

describe.skipIf(peers.livekit === null)('D6 a sync server that is killed while it acts', () => {
  let stack: Stack
  let gate: LivekitGate
  let folder: string
  let server: ServerProcess
  const room = freshRoom('crashes')

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-crash-'))
    stack = await startStack()
    gate = await openLivekitGate(stack.livekit.url)
    await stack.join(room, 'ana')
    server = await start()
  }, 60_000)
  afterAll(async () => {
    await server.kill()
    await gate.close()
    await stack.stop()
    await disposeRtc()
    rmSync(folder, { recursive: true, force: true })
  })

  function start(): Promise<ServerProcess> {
    const database = { kind: 'sqlite', file: join(folder, 'usher.sqlite') } as const
    return startServerProcess(stack.settings(0, { livekitHost: gate.url, database }))
  }

  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  /** What the server answered; null where it died before. */
  async function act(actionId: string): Promise<ActionResult | null> {
    const body = JSON.stringify({ actionId, type: 'set_metadata', room, identity: 'ana', metadata: actionId })
    const answer = await fetch(`${server.url}/api/actions`, { method: 'POST', headers, body }).catch(() => null)
    const told: unknown = await answer?.json().catch(() => null)
    return told ? actionResultSchema.parse(told) : null
  }

  async function audited(actionId: string) {
    const answer = await fetch(`${server.url}/api/audit?room=${encodeURIComponent(room)}`, { headers })
    return auditPageSchema.parse(await answer.json()).entries.filter((entry) => entry.actionId === actionId)
  }

  async function killAt(moment: Moment, actionId: string): Promise<void> {
    if (typeof moment === 'number') await delay(moment)
    else {
      await new Promise<void>((resolve) => {
        const unsubscribe = gate.events.subscribe(({ at, body }) => {
          if (at !== moment || !body.includes(actionId)) return
          unsubscribe()
          resolve()
        })
      })
    }
    await server.kill()
  }

  it('has each action in the audit once, as done, failed or unknown, and never calls LiveKit twice', { timeout: 180_000 }, async () => {
    const seen: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const actionId = crypto.randomUUID()
      const phases = ['arrived', 'forwarded', 'answered', Math.random() * LONGEST_MS] as const
      const moment = phases[round % phases.length] ?? 0
      const [answer] = await Promise.all([act(actionId), killAt(moment, actionId)])
      server = await start()
      const before = await audited(actionId)
      const again = await act(actionId)
      const after = await audited(actionId)
      expect(after).toHaveLength(1)
      // Whoever was killed before the intent was written has not begun, and is asked anew.
      if (before.length === 1) expect(after[0]?.result).toBe(before[0]?.result)
      const result = after[0]?.result ?? ''
      expect(['done', 'failed', 'unknown']).toContain(result)
      const calls = gate.count('UpdateParticipant', actionId)
      expect(calls).toBeLessThanOrEqual(1)
      if (result === 'done') expect(calls).toBe(1)
      if (answer?.ok === true) expect(result).toBe('done')
      // What is unknown is said so, and is not done again.
      expect(again?.ok).toBe(result !== 'unknown')
      seen.push(result)
    }
    expect(seen.filter((result) => result === 'unknown').length).toBeGreaterThanOrEqual(ROUNDS / 2)
  })
})
