import type { Connection } from '#shared/domain/connection.ts'
import type { ConnectionQuality } from '#shared/domain/presence.ts'
import type { TrackSource } from '#shared/domain/participant.ts'
import type { Cause } from '#shared/domain/room.ts'
import type { ParticipantSort, RoomSort, RoomView } from '../app/preferences-schema.ts'
import { formatCount } from './format.ts'
import { actionsText } from './text-actions.ts'
import { attentionText } from './text-attention.ts'
import { auditText } from './text-audit.ts'
import { feedText } from './text-feed.ts'
import { measuresText } from './text-measures.ts'
import { peopleText } from './text-people.ts'
import { sessionsText } from './text-sessions.ts'
import { settingsText } from './text-settings.ts'
import { syncText } from './text-sync.ts'

const cause: Record<Cause, string> = { webhook: 'webhook', sweep: 'sweep', observer: 'observer', action: 'action', server: 'server' }

const source: Record<TrackSource, string> = {
  microphone: 'microphone',
  camera: 'camera',
  screen_share: 'screen share',
  screen_share_audio: 'screen share sound',
  unknown: 'track',
}

const quality: Record<ConnectionQuality, string> = { excellent: 'Excellent', good: 'Good', poor: 'Poor', lost: 'Lost', unknown: 'Unknown' }

const connection: Record<Connection['state'], string> = {
  connecting: 'Connecting',
  live: 'Live',
  degraded: 'Degraded',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
}

const meaning: Record<Connection['state'], string> = {
  connecting: 'Nothing is known yet.',
  live: 'Changes are pushed as they happen, and the sync server vouches for them.',
  degraded: 'Connected, but what is shown may be old.',
  reconnecting: 'The link is down and being tried again. What is shown is from before.',
  offline: 'There is no link. What is shown is from before.',
}

const roomView: Record<RoomView, string> = { tiles: 'Tiles', rows: 'Rows' }
const roomSort: Record<RoomSort, string> = { attention: 'Attention', size: 'Size', newest: 'Newest', name: 'Name' }
const participantSort: Record<ParticipantSort, string> = {
  speaking: 'Speaking',
  name: 'Name',
  role: 'Role',
  joined: 'Joined',
  quality: 'Quality',
}

/** Every text of the console; the files `text-*.ts` beside this one hold some of its parts. */
export const text = {
  product: 'Usher',
  rail: { label: 'Main', rooms: 'Rooms', people: 'People', measures: 'In force', log: 'Log', sync: 'Sync', settings: 'Settings' },
  bar: 'Search and status',
  skip: 'Skip to the content',
  search: { label: 'Search rooms', clear: 'Clear the search' },
  theme: { label: 'Appearance', dark: 'Dark', light: 'Light', auto: 'System', switchTo: (name: string) => `Appearance: ${name}` },
  connection: {
    name: connection,
    meaning,
    since: (time: string) => `since ${time}`,
    details: (name: string) => `Connection: ${name}. Show details`,
    why: 'Why',
    from: 'Since',
    profile: 'Profile',
    address: 'Server',
    none: 'none',
  },
  blocked: {
    connecting: 'Not connected yet: actions wait until the rooms are known.',
    reconnecting: 'The link to the sync server is down: nothing can be sent now.',
    offline: 'Offline: nothing can be sent now.',
    noOperator: 'The sync server has not said yet who you are.',
    role: (role: string) => `Your role (${role}) may not do this.`,
  },
  shortcuts: {
    open: 'Keyboard shortcuts',
    title: 'Keyboard shortcuts',
    close: 'Close',
    everywhere: 'Everywhere',
    wall: 'On the wall',
    room: 'In a room, on whom you selected',
    keys: {
      search: 'Search rooms',
      help: 'This list',
      apply: 'Apply the changes that wait',
      arrows: 'Move',
      enter: 'Open the room',
      mute: 'Mute the microphone',
      stopVideo: 'Stop the video',
      permissions: 'Permissions',
      message: 'Warn: send a message',
      remove: 'Remove from the room',
      ban: 'Ban',
      inspect: 'Details of this person',
      toggle: 'Choose beside the others',
      range: 'Choose a range',
      all: 'Choose everybody shown',
      clear: 'Let go of the selection',
    },
  },
  start: {
    failedTitle: 'The host does not answer',
    failedHelp: 'Usher runs as two parts, and this window has lost the other one. Start Usher again, or try once more.',
    slowTitle: 'The host has not answered yet',
    slow: 'It may still be starting. What comes is shown as soon as it is there.',
    retry: 'Try again',
  },
  wall: {
    title: 'Rooms',
    count: (shown: number, all: number) => (shown === all ? formatCount(all) : `${formatCount(shown)} of ${formatCount(all)}`),
    people: (online: number) => `${formatCount(online)} online`,
    sortBy: 'Sort by',
    sort: roomSort,
    view: 'Show as',
    views: roomView,
    list: 'Live rooms',
    clearFilter: 'Clear filter',
    waiting: (count: number) => `${formatCount(count)} ${count === 1 ? 'change waits' : 'changes wait'}`,
    loading: 'Loading the rooms',
    emptyTitle: 'No room is live on this LiveKit server',
    emptyHelp:
      'A room shows up here by itself, within a moment of the first person joining it. If people are in rooms now, check in Settings that this profile points to the right server.',
    filteredTitle: 'No live room has this in its name',
    unknownTitle: 'The rooms are not known',
    unknownHelp: 'Usher keeps trying. The connection’s details say what failed; Settings has the address and the keys.',
    toSettings: 'Open settings',
    stale: (why: string) => `Not live: ${why.replace(/\.$/, '')}. What is shown may be old.`,
    onlineOf: 'online / total',
    online: 'online,',
    total: 'total',
    speakingNone: 'Nobody speaks',
    spokeNone: (age: string) => `Nobody spoke ${age} ago`,
    spoke: (age: string) => `spoke ${age} ago`,
    publishers: (count: number) => (count === 0 ? 'Nobody publishes' : `${formatCount(count)} ${count === 1 ? 'publishes' : 'publish'}`),
    othersSpeak: (count: number) => `+${count}`,
    notObserved: 'Not observed',
    signalsAge: (age: string) => (age === 'now' ? 'signals now' : `signals ${age} ago`),
    confirmed: (age: string, by: Cause) => (age === 'now' ? `confirmed now by ${cause[by]}` : `confirmed ${age} ago by ${cause[by]}`),
    recording: 'REC',
    recordingLong: 'Recording or streaming',
    ended: 'ended',
    columns: {
      name: 'Room',
      people: 'Online / total',
      running: 'Running',
      speaking: 'Speaking',
      quality: 'Worst connection',
      attention: 'Attention',
      freshness: 'Signals, confirmed',
    },
    qualityCount: (name: string, count: number) => `${formatCount(count)} ${name.toLowerCase()}`,
  },
  quality: {
    name: quality,
    nothing: 'Publishes nothing',
    notYet: 'Not known yet',
    dash: '—',
    noTracks: 'no tracks',
    asOf: (time: string) => `As seen at ${time}`,
  },
  room: {
    back: 'All rooms',
    live: 'Live',
    notLive: 'Not live',
    ended: 'Ended',
    unknown: 'Not known',
    online: 'online',
    total: 'total',
    limit: (max: number) => `${formatCount(max)} seats`,
    running: 'running',
    alsoHere: (names: string) => `also looking: ${names}`,
    recording: 'Recording',
    metadata: 'Metadata',
    loading: 'Loading the room',
    refusedTitle: 'The room could not be opened',
    notLiveHelp: 'Nobody is in this room now. If somebody joins, they appear here by themselves.',
    people: 'Participants',
    peopleFilter: 'Filter people',
    filterNone: 'Nobody in this room matches the filter',
    empty: 'Nobody is online in this room',
    away: { invited: (count: number) => `Invited: ${formatCount(count)}`, left: (count: number) => `Left: ${formatCount(count)}` },
    awayAll: 'Not online now',
    invitedCount: (count: number) => `${formatCount(count)} invited`,
    invited: 'invited',
    left: (age: string) => (age === 'now' ? 'left just now' : `left ${age} ago`),
    never: 'not here yet',
    columns: {
      person: 'Participant',
      role: 'Role',
      speaking: 'Speaking',
      audio: 'Mic',
      video: 'Cam',
      screen: 'Screen',
      quality: 'Quality',
      joined: 'Joined',
      outcome: 'Result',
      actions: 'Actions',
    },
    sortBy: (name: string) => `Sort by ${name}`,
    sort: participantSort,
    speaking: 'Speaking',
    source: { on: 'on', muted: 'muted', off: 'off', denied: 'not allowed' },
    sourceIs: (name: string, state: string) => `${name}: ${state}`,
    activity: 'Activity',
    noActivity: 'Nothing has happened here since this window opened.',
  },
  signals: {
    connecting: 'Signals: connecting',
    live: 'Signals: live',
    liveLong: 'Speaking, quality and mutes come straight from the room, by an observer nobody in it can see.',
    server: (age: string) => (age === 'now' ? 'Signals: from the server' : `Signals: from the server, ${age} ago`),
    serverOld: (age: string) => `Signals: ${age} old`,
    serverOldLong: (why: string) =>
      `Nobody observes this room just now: the sync server looks into many rooms in turn. Speaking and quality are from then. ${why}`.trim(),
    serverLong: (why: string) => `Speaking and quality come from the sync server’s own observer. ${why}`.trim(),
    none: 'Not observed',
    noneLong: (why: string) => why || 'Nobody observes this room now, so speaking and quality are not known.',
    closed: 'The connection to the room ended.',
    otherSession: 'The room has started anew meanwhile.',
  },
  reason: {
    label: 'Reason',
    optional: 'Reason (optional)',
    hint: 'Goes into the log, with your name.',
    needed: 'A reason is needed.',
    recent: 'Recent reasons',
  },
  source,
  cause,
  ...actionsText,
  ...attentionText,
  ...auditText,
  ...feedText,
  ...measuresText,
  ...peopleText,
  ...sessionsText,
  ...settingsText,
  ...syncText,
  notFound: { title: 'There is no such page', help: 'The address may be mistyped.', back: 'To the rooms' },
}
