import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { serviceSettingsSchema, settingsChangeSchema } from '#shared/contract/http-settings.ts'
import { operatorOf } from '../guard.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** What is set for the whole service: whoever looks may know by which rules rooms are marked, and admins change them. */
export function addSettingsRoutes(
  instance: FastifyInstance,
  { serviceSettings, audit }: Pick<Services, 'serviceSettings' | 'audit'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['operation']
  const path = '/api/settings'
  const response = { 200: serviceSettingsSchema, ...failures }

  app.get(path, { config: { who: 'look' }, schema: { tags, summary: 'The settings of the service', response } }, () =>
    serviceSettings.current(),
  )
  app.put(
    path,
    {
      config: { who: 'change_settings' },
      schema: {
        tags,
        summary: 'Changes the settings; what is left out stays, and a revision that is not the newest is a conflict',
        body: settingsChangeSchema,
        response,
      },
    },
    async (request, reply) => {
      const operator = operatorOf(request)
      const changed = await serviceSettings.change(request.body, operator.name)
      const asked = { actionId: null, operator, type: 'change_settings', room: null, identities: [], reason: null } as const
      await audit.note({ ...asked, text: JSON.stringify(request.body) }, changed.ok ? null : changed)
      return changed.ok ? changed.value : withStatus(reply, changed)
    },
  )
}
