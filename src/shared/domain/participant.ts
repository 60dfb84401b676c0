import { z } from 'zod'

/** Where a track's media comes from. LiveKit's `TrackSource`, in lower case; `unknown` is a track published without one. */
export const trackSourceSchema = z.enum(['microphone', 'camera', 'screen_share', 'screen_share_audio', 'unknown'])
export type TrackSource = z.infer<typeof trackSourceSchema>

/** The sources that permissions and actions can name. */
export const publishSourceSchema = trackSourceSchema.exclude(['unknown'])
export type PublishSource = z.infer<typeof publishSourceSchema>

export const trackSchema = z.object({ sid: z.string(), source: trackSourceSchema, muted: z.boolean() })
export type Track = Readonly<z.infer<typeof trackSchema>>

export const participantKindSchema = z.enum(['standard', 'ingress', 'egress', 'sip', 'agent', 'connector', 'bridge'])
export type ParticipantKind = z.infer<typeof participantKindSchema>

/** What somebody may do in a room. `canPublishSources: []` means all sources, as at LiveKit. */
export const permissionsSchema = z.object({
  canSubscribe: z.boolean(),
  canPublish: z.boolean(),
  canPublishData: z.boolean(),
  canPublishSources: z.array(publishSourceSchema),
  canUpdateMetadata: z.boolean(),
})
export type Permissions = Readonly<z.infer<typeof permissionsSchema>>

const participantStatusSchema = z.enum(['INVITED', 'JOINED', 'LEFT'])

/** Somebody in a room, or who was. Times are UTC milliseconds; `sid` names one stay, `identity` the person. */
export const participantSchema = z.object({
  identity: z.string(),
  sid: z.string(),
  name: z.string(),
  kind: participantKindSchema,
  isOnline: z.boolean(),
  joinedAt: z.number().nullable(),
  leftAt: z.number().nullable(),
  audioEnabled: z.boolean(),
  videoEnabled: z.boolean(),
  screenEnabled: z.boolean(),
  tracks: z.array(trackSchema),
  permissions: permissionsSchema,
  metadata: z.string(),
  attributes: z.record(z.string(), z.string()),
  role: z.string().max(64),
  status: participantStatusSchema,
  canSpeak: z.boolean(),
  canVideo: z.boolean(),
})
export type Participant = Readonly<z.infer<typeof participantSchema>>

/** Whether these permissions let somebody publish a source now. */
export function mayPublish(permissions: Permissions, source: PublishSource): boolean {
  if (!permissions.canPublish) return false
  return permissions.canPublishSources.length === 0 || permissions.canPublishSources.includes(source)
}

/** Whether any of the tracks with that source is published and not muted. */
export function isSourceLive(tracks: readonly Track[], source: TrackSource): boolean {
  return tracks.some((track) => track.source === source && !track.muted)
}
