import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { checkMatchSchema } from '#shared/contract/http-sync.ts'
import { isCounted, isShown } from '#server/rooms/room-model.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** The matches, the queue and the rooms at a glance, from the copy here (S1.6). */
export function addMatchRoutes(instance: FastifyInstance, { rooms, sync, matchmaking, firstRead }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/api/check-match',
    {
      config: { who: 'look' },
      schema: { tags: ['matchmaking'], summary: 'The matches, the queue and the rooms', response: { 200: checkMatchSchema, ...failures } },
    },
    async (_request, reply) => {
      await firstRead
      const counts = await matchmaking.counts()
      if (!counts.ok) return withStatus(reply, counts)
      const shown = [...rooms.all()].flatMap(({ name, room }) => {
        if (!room || !isShown(room)) return []
        const online = [...room.participants.values()].filter(isCounted)
        const participants = online.map(({ identity }) => identity)
        return [{ roomName: name, participants, isActive: true, lastUpdated: room.confirmed.at }]
      })
      return {
        activeMatchesCount: counts.value.activeMatches,
        queueLength: counts.value.queueLength,
        roomParticipantsCount: shown.length,
        roomStatesCount: shown.length,
        syncServiceRunning: sync.isSyncServiceRunning(),
        roomParticipants: Object.fromEntries(shown.map(({ roomName, participants }) => [roomName, participants])),
        roomStates: Object.fromEntries(shown.map((state) => [state.roomName, state])),
      }
    },
  )
}
