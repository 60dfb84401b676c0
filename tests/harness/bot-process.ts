import { z } from 'zod'
import { joinBot } from '#demo/bot.ts'

// A bot for as long as this process lives: see `startStoppableBot`.

const texts = z.object({ url: z.string(), apiKey: z.string(), apiSecret: z.string(), room: z.string(), identity: z.string() })
const bot = await joinBot({ ...texts.parse(JSON.parse(process.argv[2] ?? '{}')), publish: { microphone: true } })
bot.startSpeaking()
process.stdout.write('published\n')
process.stdin.resume()
