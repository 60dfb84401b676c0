import type { FeedEvent, FeedType } from '#shared/domain/feed-event.ts'
import { eventText } from './describe-event.ts'

/** What a moderator tells apart; each type of the feed belongs to one. */
export type FeedGroup = 'people' | 'rooms' | 'media' | 'moderation' | 'changes' | 'service'

export const feedGroups: readonly FeedGroup[] = ['people', 'rooms', 'media', 'moderation', 'changes', 'service']

const groupOf: Record<FeedType, FeedGroup> = {
  room_started: 'rooms',
  room_finished: 'rooms',
  participant_joined: 'people',
  participant_left: 'people',
  participant_connection_aborted: 'people',
  track_published: 'media',
  track_unpublished: 'media',
  egress_started: 'rooms',
  egress_updated: 'rooms',
  egress_ended: 'rooms',
  ingress_started: 'rooms',
  ingress_ended: 'rooms',
  track_muted: 'media',
  track_unmuted: 'media',
  permission_changed: 'changes',
  metadata_changed: 'changes',
  attributes_changed: 'changes',
  name_changed: 'changes',
  role_changed: 'changes',
  room_updated: 'changes',
  participant_removed: 'moderation',
  measure_imposed: 'moderation',
  measure_changed: 'moderation',
  measure_lifted: 'moderation',
  measure_enforced: 'moderation',
  message_sent: 'moderation',
  observing_started: 'moderation',
  observing_stopped: 'moderation',
  budget_warning: 'service',
  webhooks_missing: 'service',
}

export type FeedFilter = { readonly room: string | null; readonly group: FeedGroup | null; readonly text: string }

/** The events a filter lets through, newest first. What an operator did counts as moderation whatever its type is. */
export function filterFeed(feed: readonly FeedEvent[], filter: FeedFilter): readonly FeedEvent[] {
  const wanted = filter.text.trim().toLocaleLowerCase()
  return feed
    .filter((event) => filter.room === null || event.data.room?.name === filter.room)
    .filter((event) => filter.group === null || isInGroup(event, filter.group))
    .filter((event) => wanted === '' || searchable(event).includes(wanted))
    .toReversed()
}

function isInGroup(event: FeedEvent, group: FeedGroup): boolean {
  return groupOf[event.type] === group || (group === 'moderation' && event.data.operator !== undefined)
}

function searchable(event: FeedEvent): string {
  return `${eventText(event)} ${event.data.room?.name ?? ''} ${event.data.participant?.identity ?? ''}`.toLocaleLowerCase()
}

/** Whether it is a measure on somebody that holds in all rooms. */
export function isAboutSomebodyEverywhere({ data }: FeedEvent): boolean {
  return data.measureId !== undefined && data.room === undefined && data.participant !== undefined
}
