import { afterEach, describe, expect, it } from 'vitest'
import { presenceSchema } from '#shared/domain/presence.ts'
import { startDemo, type Demo } from './demo.ts'

const webhookUrl = 'http://127.0.0.1:9/nobody-listens'
let demo: Demo | null = null

afterEach(async () => {
  await demo?.stop()
})

describe('the demo without a livekit-server', () => {
  it('runs the simulator, and streams presence as lines of the contract', async () => {
    demo = await startDemo({ webhookUrl }, { USHER_LIVEKIT_SERVER: 'none' }, () => undefined)
    expect(demo.running).toMatchObject({ kind: 'simulator', presenceUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) })
    demo.open()
    const response = await fetch(demo.running.presenceUrl ?? '')
    const chunk = await response.body?.getReader().read()
    const lines = new TextDecoder().decode(chunk?.value).trim().split('\n')
    const rooms = lines.map((line) => presenceSchema.parse(JSON.parse(line)).room)
    expect(rooms).toContain('town-hall')
  })

  it.skipIf(process.platform === 'win32')(
    'runs the simulator where the one that was found does not start, and says so in one line',
    async () => {
      const warnings: string[] = []
      demo = await startDemo({ webhookUrl }, { USHER_LIVEKIT_SERVER: '/bin/false' }, (line) => warnings.push(line))
      expect(demo.running.kind).toBe('simulator')
      expect(warnings).toEqual(["the demo runs on the simulator: livekit-server (/bin/false) can't start: it ended without a word"])
    },
  )
})
