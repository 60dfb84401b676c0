import type { AttentionRule } from '#shared/domain/attention.ts'
import { formatCount } from './format.ts'

/** A mark where there is little room: on a tile. */
const short: Record<AttentionRule, string> = {
  bad_connections: 'Bad connections',
  banned_attempt: 'Banned attempt',
  measure_evaded: 'Measure evaded',
  join_burst: 'Many joins',
  alone: 'Alone',
  unconfirmed: 'Not confirmed',
}

const name: Record<AttentionRule, string> = {
  bad_connections: 'Bad connections',
  banned_attempt: 'A banned person’s attempt',
  measure_evaded: 'A measure evaded',
  join_burst: 'A burst of joins',
  alone: 'Alone for long',
  unconfirmed: 'Not confirmed for long',
}

/** A rule as a sentence; its thresholds stand where the braces are. */
const sentence: Record<AttentionRule, string> = {
  bad_connections: '{people} or more with a {quality} connection for {seconds}',
  banned_attempt: 'Marked for {seconds} after a banned person’s last attempt to come in',
  measure_evaded: 'Marked for {seconds} after a measure was evaded and enforced again',
  join_burst: '{people} or more join within {seconds}',
  alone: 'One person has been the only one in the room for {seconds}',
  unconfirmed: 'Nothing has confirmed what is shown of the room for {seconds}',
}

const quality = { poor: 'poor or lost', lost: 'lost' } as const

/** The catalogue's part for what wants attention, and for its rules. */
export const attentionText = {
  attention: {
    short,
    others: (count: number) => `+${formatCount(count)}`,
    since: (why: string, age: string) => (age === 'now' ? `${why}, just now` : `${why}, since ${age} ago`),
    /** Told once, when somebody breaks a measure. */
    announced: (room: string, why: string) => `${room}: ${why}`,
    aloud: (marks: string) => `Wants attention: ${marks}`,
    filter: 'Wants attention',
    filterTitle: (count: number) => `${formatCount(count)} ${count === 1 ? 'room has' : 'rooms have'} a mark. Show no others`,
    noneTitle: 'No room wants attention',
    noneFilteredTitle: 'No room with this in its name wants attention',
    noneHelp: 'The rules in Settings say what marks a room. A room that gets a mark shows up here by itself.',
    showAll: 'Show all rooms',
    inRoom: 'Wants attention',
  },
  rules: {
    title: 'Attention rules',
    help: 'What puts a mark on a room and brings it to the top of the wall, for everybody who uses this sync server.',
    loading: 'Reading the rules',
    retry: 'Read again',
    readOnly: (role: string) => `Your role (${role}) may read the rules, not change them.`,
    name,
    sentence,
    field: { people: 'people', seconds: 'seconds', quality: 'quality' },
    fieldOf: (rule: string, field: string) => `${rule}: ${field}`,
    quality,
    people: (count: number) => (count === 1 ? 'person' : 'people'),
    seconds: (count: number) => `${formatCount(count)} s`,
    minutes: (count: number) => `${formatCount(count)} min`,
    hours: (count: number) => `${formatCount(count)} h`,
    secondsUnit: 's',
    sameAs: (duration: string) => `(${duration})`,
    range: (from: number, to: number) => `${formatCount(from)} to ${formatCount(to)}`,
    isOn: 'On',
    isOff: 'Off',
    all: 'All rooms',
    patterns: 'Other rules for some rooms',
    patternsHelp:
      'Of the lines that fit a room’s name the first one counts. * stands for any text, as in support-*; capital letters matter.',
    noPatterns: 'All rooms follow the rules above.',
    pattern: 'Rooms named',
    patternMissing: 'Which rooms?',
    patternTwice: 'This stands further up already.',
    patternNumber: (place: number) => `Line ${place}`,
    addPattern: 'Add a line for some rooms',
    removePattern: (rooms: string) => `Remove the line for ${rooms}`,
    up: (rooms: string) => `Move ${rooms} up`,
    down: (rooms: string) => `Move ${rooms} down`,
    someRooms: 'some rooms',
    addRule: 'Set a rule',
    dropRule: (rule: string) => `${rule}: as for all rooms`,
    noRules: 'No rule differs: these rooms follow the rules for all.',
    restAsAll: 'Rules that are not set here are as for all rooms.',
    save: 'Save',
    discard: 'Discard',
    unsaved: 'Not saved yet',
    saving: 'Saving',
    saved: 'Saved. The rules hold from now on.',
    invalid: 'Some fields are not right yet.',
    changedMeanwhile: 'Somebody else has changed the rules meanwhile',
    conflict: (what: string) => `${what.replace(/\.$/, '')}. Yours are not saved.`,
    theirs: (parts: string) => `Theirs differ in: ${parts}.`,
    loadTheirs: 'Load theirs',
    keepMine: 'Keep mine',
  },
}
