import type { FeedType } from '#shared/domain/feed-event.ts'
import { formatCount } from './format.ts'

/** What follows the person's name; `{track}` stands for the track's source. */
const told: Record<FeedType, string> = {
  room_started: ' started the room',
  room_finished: ' ended the room',
  participant_joined: ' joined',
  participant_left: ' left',
  participant_connection_aborted: ' lost the connection',
  track_published: ' turned on the {track}',
  track_unpublished: ' turned off the {track}',
  egress_started: ': recording or streaming started',
  egress_updated: ': recording or streaming changed',
  egress_ended: ': recording or streaming ended',
  ingress_started: ': a stream into the room started',
  ingress_ended: ': a stream into the room ended',
  track_muted: ' muted the {track}',
  track_unmuted: ' unmuted the {track}',
  permission_changed: ': permissions changed',
  metadata_changed: ': metadata changed',
  attributes_changed: ': attributes changed',
  name_changed: ' changed the name',
  role_changed: ': role changed',
  room_updated: ': the room changed',
  participant_removed: ' was removed',
  measure_imposed: ': a measure was imposed',
  measure_changed: ': a measure changed',
  measure_lifted: ': a measure was lifted',
  measure_enforced: ': a measure was enforced',
  message_sent: ' was sent a message',
  observing_started: ' is being listened to or watched',
  observing_stopped: ' is no longer listened to or watched',
  budget_warning: ': the Redis budget is nearly used',
  webhooks_missing: ': no webhook arrives',
}

/** The whole sentence of an event that names nobody. */
const alone: Partial<Record<FeedType, string>> = {
  room_started: 'The room started',
  room_finished: 'The room ended',
  egress_started: 'Recording or streaming started',
  egress_updated: 'Recording or streaming changed',
  egress_ended: 'Recording or streaming ended',
  metadata_changed: 'The metadata of the room changed',
  room_updated: 'The room changed',
  budget_warning: 'The Redis budget is nearly used',
  webhooks_missing: 'No webhook arrives from LiveKit',
  observing_started: 'Somebody started to listen or watch',
  observing_stopped: 'Somebody stopped listening or watching',
}

/** The catalogue's part for the feed and the log. */
export const feedText = {
  feed: {
    operator: 'Usher operator',
    somebody: 'Somebody',
    muted: 'muted',
    unmuted: 'unmuted',
    removed: 'removed',
    by: 'by operator',
    told,
    alone,
    list: 'Events',
  },
  log: {
    title: 'Log',
    room: 'Room',
    anyRoom: 'All rooms',
    type: 'What',
    anyType: 'Everything',
    filter: 'Filter text',
    pause: 'Pause',
    resume: 'Resume',
    paused: (count: number) => `Paused, ${formatCount(count)} new`,
    empty: 'Nothing has happened yet. Events of all rooms show up here as they come.',
    filteredEmpty: 'No event matches this filter.',
    clear: 'Clear filter',
    groups: {
      people: 'Joins and leaves',
      rooms: 'Rooms',
      media: 'Tracks and mutes',
      moderation: 'Moderation',
      changes: 'Changes',
      service: 'Service',
    },
  },
}
