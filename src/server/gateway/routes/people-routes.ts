import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import {
  erasedSchema,
  invitedSchema,
  invitesSchema,
  newNoteSchema,
  noteSchema,
  peopleQuerySchema,
  peopleSchema,
  personParamsSchema,
  personSchema,
} from '#shared/contract/http-people.ts'
import { roomParamsSchema } from '#shared/contract/http.ts'
import { operatorOf } from '../guard.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** People, live and past: who they are, what is known of them, what is noted; and who is to come. */
export function addPeopleRoutes(instance: FastifyInstance, { people }: Pick<Services, 'people'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['people']
  const one = '/api/people/:identity'

  app.get(
    '/api/people',
    {
      config: { who: 'read_people' },
      schema: {
        tags,
        summary: 'People by the beginning of an identity or of a word of a name; who is live comes first',
        querystring: peopleQuerySchema,
        response: { 200: peopleSchema, ...failures },
      },
    },
    async ({ query }, reply) => {
      const found = await people.search(query.q)
      return found.ok ? found.value : withStatus(reply, found)
    },
  )
  app.get(
    one,
    {
      config: { who: 'read_people' },
      schema: { tags, summary: 'All that is kept of one person', params: personParamsSchema, response: { 200: personSchema, ...failures } },
    },
    async (request, reply) => {
      const found = await people.read(request.params.identity, operatorOf(request))
      return found.ok ? found.value : withStatus(reply, found)
    },
  )
  app.post(
    `${one}/notes`,
    {
      config: { who: 'write_notes' },
      schema: {
        tags,
        summary: 'Notes something about a person',
        params: personParamsSchema,
        body: newNoteSchema,
        response: { 200: noteSchema, ...failures },
      },
    },
    async (request, reply) => {
      const added = await people.addNote(request.params.identity, request.body.text, operatorOf(request))
      return added.ok ? added.value : withStatus(reply, added)
    },
  )
  app.delete(
    one,
    {
      config: { who: 'erase_people' },
      schema: {
        tags,
        summary: 'Erases what is kept of a person; what is in force stays, and the audit no longer says who it was',
        params: personParamsSchema,
        response: { 200: erasedSchema, ...failures },
      },
    },
    async (request, reply) => {
      const erased = await people.erase(request.params.identity, operatorOf(request))
      return erased.ok ? { erased: erased.value } : withStatus(reply, erased)
    },
  )
  app.post(
    '/api/rooms/:room/invites',
    {
      config: { who: 'invite' },
      schema: {
        tags,
        summary: 'Invites people to a room, live or not: they show as INVITED until they join',
        params: roomParamsSchema,
        body: invitesSchema,
        response: { 200: invitedSchema, ...failures },
      },
    },
    async (request, reply) => {
      const invited = await people.invite(request.params.room, request.body.people, operatorOf(request))
      return invited.ok ? { invited: invited.value } : withStatus(reply, invited)
    },
  )
}
