import { RoomServiceClient } from 'livekit-server-sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { startDemo, type Demo } from './demo.ts'

const webhookUrl = 'http://127.0.0.1:9/nobody-listens'
let demo: Demo | null = null

afterEach(async () => {
  await demo?.stop()
})

describe('the demo without a livekit-server', () => {
  it('runs the simulator, whose rooms fill', async () => {
    demo = await startDemo({ webhookUrl }, { USHER_LIVEKIT_SERVER: 'none' }, () => undefined)
    const { kind, url, apiKey, apiSecret } = demo.running
    expect(kind).toBe('simulator')
    demo.open()
    const api = new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret)
    expect((await api.listRooms()).map(({ name }) => name)).toContain('town-hall')
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
