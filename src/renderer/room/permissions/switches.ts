import { mayPublish, publishSourceSchema, type Permissions, type PublishSource } from '#shared/domain/participant.ts'

/** What a switch of somebody's permissions is about: the right to publish anything, one source, or one of the other rights. */
export const switchNames = [
  'canPublish',
  'microphone',
  'camera',
  'screen_share',
  'canSubscribe',
  'canPublishData',
  'canUpdateMetadata',
] as const
export type SwitchName = (typeof switchNames)[number]

/** A switch that was turned on or off. */
export type Turn = { readonly name: SwitchName; readonly on: boolean }

const all: readonly PublishSource[] = publishSourceSchema.options

/** The sources that a switch stands for: a screen is shared with its sound; null for the other rights. */
export function sourcesOf(name: SwitchName): readonly PublishSource[] | null {
  switch (name) {
    case 'microphone':
    case 'camera':
      return [name]
    case 'screen_share':
      return ['screen_share', 'screen_share_audio']
    default:
      return null
  }
}

/** Whether a switch is on. */
export function isOn(permissions: Permissions, name: SwitchName): boolean {
  switch (name) {
    case 'microphone':
    case 'camera':
    case 'screen_share':
      return mayPublish(permissions, name)
    default:
      return permissions[name]
  }
}

/** What is to be asked for so that a switch is on or off. `permissions`: as they are, and as what is on its way will make them. */
export function changeFor(permissions: Permissions, name: SwitchName, on: boolean): Partial<Permissions> {
  const sources = sourcesOf(name)
  return sources === null ? { [name]: on } : withSources(permissions, sources, on)
}

/**
 * The change that lets these sources be published, or no longer. At LiveKit an empty list means all, so taking the last one away takes the right to publish; and who may publish
 * nothing is given just what is asked for, whatever the list still says.
 */
export function withSources(permissions: Permissions, sources: readonly PublishSource[], on: boolean): Partial<Permissions> {
  const now = new Set(all.filter((source) => mayPublish(permissions, source)))
  for (const source of sources)
    if (on) now.add(source)
    else now.delete(source)
  const canPublish = now.size > 0
  const change = canPublish === permissions.canPublish ? {} : { canPublish }
  if (!canPublish) return { canPublish }
  return { ...change, canPublishSources: now.size === all.length ? [] : all.filter((source) => now.has(source)) }
}

/** The permissions with a change. */
export function applyChange(permissions: Permissions, change: Partial<Permissions>): Permissions {
  return { ...permissions, ...change }
}

/** The switches that two permissions have in different positions. */
export function switchesBetween(a: Permissions, b: Permissions): readonly SwitchName[] {
  return switchNames.filter((name) => isOn(a, name) !== isOn(b, name))
}
