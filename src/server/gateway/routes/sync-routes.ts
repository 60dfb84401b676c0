import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { syncAnswerSchema, syncRequestSchema, syncStatusSchema, type SyncAnswer, type SyncRequest } from '#shared/contract/http-sync.ts'
import { fail, type Result } from '#shared/domain/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { SyncService } from '#server/sync/sync-service.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** How the sweeps fare, and the controls for them (S1.4). */
export function addSyncRoutes(instance: FastifyInstance, { sync }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['sync']
  app.get(
    '/api/sync-rooms',
    { config: { who: 'look' }, schema: { tags, summary: 'How the sweeps fare', response: { 200: syncStatusSchema, ...failures } } },
    () => sync.status(),
  )
  app.post(
    '/api/sync-rooms',
    {
      config: { who: 'control_sync' },
      schema: {
        tags,
        summary: 'Sweep or clean up now, or start and stop the sweeps of the service',
        body: syncRequestSchema,
        response: { 200: syncAnswerSchema, ...failures },
      },
    },
    async (request, reply) => {
      const answer = await run(sync, request.body)
      return answer.ok ? answer.value : withStatus(reply, answer)
    },
  )
}

function run(sync: SyncService, { action, room }: SyncRequest): Promise<Result<SyncAnswer>> {
  switch (action) {
    case 'sync':
      return sync.sync(room)
    case 'full-sync':
      return sync.fullSync(room)
    case 'cleanup':
      return forAllRooms(action, room) ?? sync.cleanUp()
    case 'start-service':
      return forAllRooms(action, room) ?? sync.setRunning(true)
    case 'stop-service':
      return forAllRooms(action, room) ?? sync.setRunning(false)
    default:
      return assertNever(action, 'sync action')
  }
}

/** Refuses what is for the whole service where a room was named, rather than do more than was meant. */
function forAllRooms(action: SyncRequest['action'], room: string | undefined): Promise<Result<SyncAnswer>> | null {
  return room === undefined ? null : Promise.resolve(fail('invalid', `${action} is for all rooms: leave the room out`))
}
