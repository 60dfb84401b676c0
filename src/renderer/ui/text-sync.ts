import { formatCount } from './format.ts'

/** Within how long (ms) something happens at the latest, so never rounded down. */
function formatWithin(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds <= 60 ? `${seconds} s` : `${formatCount(Math.ceil(seconds / 60))} min`
}

function countRooms(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'room' : 'rooms'}`
}

const megabytes = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** The catalogue's part for the sync server's state. */
export const syncText = {
  sync: {
    title: 'Sync',
    indicator: {
      swept: (age: string) => (age === 'now' ? 'Synced now' : `Synced ${age} ago`),
      never: 'Not synced yet',
      stopped: 'Sync stopped',
      failing: 'Sync fails',
      webhooksMissing: 'No webhooks',
      open: (state: string) => `${state}. Open the sync server's state`,
    },
    unknown: 'The sync server has not said yet how its sweeps fare.',
    unknownHelp: 'It tells by itself as soon as the link is up.',
    sweeps: 'Sweeps',
    sweepsHelp: 'Webhooks tell what happens at once. A sweep compares every room with what LiveKit lists, and puts right what they missed.',
    state: 'State',
    running: (seconds: number) => `running, every ${formatCount(seconds)} s`,
    stopped: 'stopped by an operator',
    lastSync: 'Last sweep',
    nextSync: 'Next sweep',
    ago: (age: string) => (age === 'now' ? 'just now' : `${age} ago`),
    in: (span: string) => `in ${span}`,
    due: 'due now',
    never: 'none yet',
    rooms: 'Rooms found',
    drift: 'Put right since its start',
    errors: 'Failed sweeps',
    lastError: 'Last failure',
    lastCleanup: 'Last clean-up',
    lastWebhook: 'Last webhook',
    webhooksMissing:
      'No webhook has come for two minutes, while sweeps find changes. What is shown is up to one sweep old. Check the webhook setting of the LiveKit server.',
    controls: 'By hand',
    control: {
      sync: 'Sync now',
      'full-sync': 'Full sync',
      cleanup: 'Clean up',
      'start-service': 'Start the sweeps',
      'stop-service': 'Stop the sweeps',
    },
    controlHelp: {
      sync: 'One sweep, now.',
      'full-sync': 'Sweeps until also those who are gone are found, then cleans up.',
      cleanup: 'Takes away what is stored of rooms that are gone.',
      'start-service': 'Sweeps again at the usual pace.',
      'stop-service': 'No sweeps at all until somebody starts them again: lost webhooks stay unnoticed.',
    },
    done: {
      synced: (rooms: number) => `${formatCount(rooms)} ${rooms === 1 ? 'room' : 'rooms'} compared`,
      drift: (count: number) => (count === 0 ? 'nothing to put right' : `${formatCount(count)} put right`),
      cleaned: (count: number) => (count === 0 ? 'nothing to clean up' : `${formatCount(count)} cleaned up`),
      started: 'the sweeps run',
      stopped: 'the sweeps are stopped',
    },
    budget: 'Redis budget',
    budgetHelp: 'What all sync servers together asked of Redis, by UTC days and months.',
    commandsToday: 'Commands today',
    bytesThisMonth: 'Traffic this month',
    of: (used: string, limit: string) => `${used} of ${limit}`,
    megabytes: (bytes: number) => `${megabytes.format(bytes / 1_000_000)} MB`,
    matches: 'Matchmaking',
    activeMatches: 'Matches',
    queue: 'Waiting in the queue',
    refresh: 'Read again',
    loading: 'Reading',
  },
  observers: {
    title: 'Observers',
    help: 'They look into the rooms unseen, take no seat, and tell who speaks and how connections fare as it happens.',
    off: 'This sync server observes no room.',
    offHelp: 'Its OBSERVE_ROOMS is 0. Set it to how many rooms it may observe at once (300 unless it is set) and start it again.',
    offAlone: 'Until then the wall tells neither who speaks nor how connections fare; a room that you open still does.',
    offOthers: 'Other servers of this service have observed those below.',
    observed: 'Observed by this server',
    ofRooms: (observed: number, rooms: number) => (rooms === 0 ? 'nobody to observe' : `${formatCount(observed)} of ${countRooms(rooms)}`),
    slots: 'Slots in use',
    withoutMedia: 'Quality not known',
    inRooms: (count: number) => (count === 0 ? 'in no room' : `in ${countRooms(count)}`),
    turns: (slots: number, rooms: number, withinMs: number) =>
      `${formatCount(slots)} ${slots === 1 ? 'slot' : 'slots'} for ${countRooms(rooms)}: each is looked at within ${formatWithin(withinMs)}. Rooms that somebody looks at or that want attention keep their observer.`,
    moreSlots: 'A higher OBSERVE_ROOMS, or another server, observes more at once.',
    some: 'The others are on their way, or another server of this service observes them.',
    trouble: {
      media: {
        what: (count: number) => `In ${countRooms(count)} the quality of connections is not known.`,
        help: 'Who speaks is still told. Check that the sync server can reach LiveKit’s media ports.',
      },
      shut: {
        what: () => 'No more rooms can be observed for now.',
        help: 'It is tried again by itself. Who is in the rooms is still right: webhooks and sweeps tell that.',
      },
    },
    why: (why: string) => `Observers say: ${why.replace(/\.$/, '')}.`,
    rooms: 'Rooms, by when they were observed last',
    group: { now: 'Observed now', earlier: 'Seen earlier', never: 'Never seen', empty: 'Nobody in it' },
    groupHelp: {
      now: 'Told of within the last 15 s, by any server of this service.',
      earlier: 'Not told of for 15 s or longer; the one that was seen longest ago comes first.',
      never: 'No observer has looked into these yet.',
      empty: 'There is nobody to observe.',
    },
    nothing: {
      now: 'No room is observed now.',
      earlier: 'No room waits to be looked at again.',
      never: 'Every room with somebody in it has been seen.',
      empty: 'There is somebody in every room.',
    },
    noRooms: 'No room is live.',
    seen: (age: string) => (age === 'now' ? 'seen now' : `${age} ago`),
    neverSeen: 'never seen',
  },
}
