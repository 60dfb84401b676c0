import { RoomServiceClient } from 'livekit-server-sdk'
import { publishSourceSchema } from '#shared/domain/participant.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { joinBot, type Bot } from '../bot.ts'
import type { BotPermissions } from '../bot-token.ts'
import { disposeRtc } from '../rtc.ts'
import type { Fact, Person, Stage, Step } from '../script/step.ts'

type PersonStep = Exclude<Step, { type: 'open' }>

/** Somebody of the cast as a bot. What is asked of one person happens in order, each when the last is done. */
type Player = { bot: Bot | null; muted: boolean; last: Promise<void> }

const kinds = { person: 'standard', recorder: 'egress', agent: 'agent' } as const satisfies Record<Person['kind'], string>

/** How long the bots may take to leave when the demo ends, ms. */
const LEAVE_LIMIT_MS = 2000

function permit({ kind, sources }: Person): BotPermissions {
  const everything = sources.length === publishSourceSchema.options.length
  return {
    canSubscribe: true,
    canPublish: sources.length > 0,
    canPublishData: true,
    ...(everything || sources.length === 0 ? {} : { canPublishSources: sources }),
    ...(kind === 'recorder' ? { hidden: true, recorder: true } : {}),
  }
}

/** Plays the script with bots in a real LiveKit. Connection quality is LiveKit's own to tell: those steps are left out. */
export function createLivekitStage(livekit: { readonly url: string; readonly apiKey: string; readonly apiSecret: string }): Stage {
  const api = new RoomServiceClient(livekit.url, livekit.apiKey, livekit.apiSecret)
  const facts = new Emitter<Fact>()
  const players = new Map<string, Player>()
  const opening = new Map<string, Promise<unknown>>()
  let closed = false

  async function join(player: Player, { room, person, publish, muted }: Extract<Step, { type: 'join' }>): Promise<void> {
    const { identity } = person
    await opening.get(room)
    const bot = await joinBot({
      ...livekit,
      ...person,
      room,
      kind: kinds[person.kind],
      permissions: permit(person),
      publish: { microphone: publish.includes('microphone'), camera: publish.includes('camera') },
    })
    player.bot = bot
    player.muted = muted
    bot.onDisconnected((reason) => {
      if (player.bot !== bot || closed) return
      player.bot = null
      if (reason !== 'CLIENT_INITIATED') facts.emit({ type: 'gone', room, identity })
    })
    bot.onMuted((change) => {
      if (change.source !== 'microphone' || change.muted === player.muted) return
      player.muted = change.muted
      if (change.muted) facts.emit({ type: 'muted', room, identity })
    })
    if (muted) bot.muteMicrophone()
    if (publish.includes('screen_share')) await bot.setScreen(true)
  }

  async function play(player: Player, step: PersonStep): Promise<void> {
    const { bot } = player
    switch (step.type) {
      case 'join':
        if (!bot) await join(player, step)
        return
      case 'leave':
        player.bot = null
        await bot?.leave()
        return
      case 'speak':
        if (step.level > 0) bot?.startSpeaking()
        else bot?.stopSpeaking()
        return
      case 'mute':
        player.muted = step.muted
        if (step.muted) bot?.muteMicrophone()
        else bot?.unmuteMicrophone()
        return
      case 'show':
        if (step.source === 'camera') await bot?.setCamera(step.on)
        else await bot?.setScreen(step.on)
        return
      case 'quality':
        return
      default:
        assertNever(step, 'step')
    }
  }

  function perform(step: Step): void {
    if (closed) return
    if (step.type === 'open') {
      const { room: name, metadata, maxParticipants, departureTimeout } = step
      // A room that can't be opened with its settings opens with the first join, without them.
      opening.set(
        name,
        api.createRoom({ name, metadata, maxParticipants, departureTimeout }).catch(() => null),
      )
      return
    }
    const identity = step.type === 'join' ? step.person.identity : step.identity
    const key = JSON.stringify([step.room, identity])
    const player = players.get(key) ?? { bot: null, muted: false, last: Promise.resolve() }
    players.set(key, player)
    player.last = player.last
      .then(() => (closed ? undefined : play(player, step)))
      .catch(() => {
        // Whoever can't join, or was thrown out in the middle of something, comes back as the script wants it.
        if (step.type === 'join') facts.emit({ type: 'gone', room: step.room, identity })
      })
  }

  return {
    perform,
    onFact: (listener) => facts.subscribe(listener),
    close: async () => {
      closed = true
      // Who is joining just now leaves as soon as that is done.
      const leaving = [...players.values()].map((player) => player.last.then(() => player.bot?.leave()))
      const limit = Promise.withResolvers<void>()
      const timer = setTimeout(() => limit.resolve(), LEAVE_LIMIT_MS)
      await Promise.race([Promise.allSettled(leaving), limit.promise])
      clearTimeout(timer)
      await disposeRtc()
    },
  }
}
