import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actionResultSchema, actionSchema } from '#shared/domain/action.ts'
import { describeIssue, failureSchema } from '#shared/domain/failure.ts'
import { operatorOf } from '../guard.ts'
import { withStatus } from '../refuse.ts'
import { refuseAction } from '../refuse-payload.ts'
import type { Services } from '../services.ts'

const [takenUpSchema, refusedActionSchema] = actionResultSchema.options
/** Who is turned away before the action is read is not told its id. */
const refusedSchema = z.union([refusedActionSchema, failureSchema])

/** What operators ask to be done, over HTTP: the same as `act` over a socket. */
export function addActionsRoutes(instance: FastifyInstance, { moderator }: Pick<Services, 'moderator'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/api/actions',
    {
      // Who may do what is the moderator's to say, action by action.
      config: { who: 'look' },
      attachValidation: true,
      schema: {
        tags: ['moderation'],
        summary: 'Do something to somebody; 200 once it was taken up, with a result for each target',
        body: actionSchema,
        response: { 200: takenUpSchema, '4xx': refusedSchema, '5xx': refusedSchema },
      },
    },
    async (request, reply) => {
      const parsed = actionSchema.safeParse(request.body)
      if (!parsed.success) {
        const refusal = refuseAction(request.body, describeIssue(parsed.error))
        withStatus(reply, refusal)
        return refusal
      }
      const result = await moderator.act(operatorOf(request), parsed.data)
      if (!result.ok) withStatus(reply, result)
      return result
    },
  )
}
