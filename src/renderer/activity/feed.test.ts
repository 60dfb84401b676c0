import { describe, expect, it } from 'vitest'
import { feedTypeSchema, type FeedEvent } from '#shared/domain/feed-event.ts'
import { describeEvent, eventText } from './describe-event.ts'
import { filterFeed } from './filter-feed.ts'
import { gatherEvents } from './gather-events.ts'
import { formatMoment } from '../ui/format.ts'

let count = 0
function event(type: FeedEvent['type'], data: Partial<FeedEvent['data']> = {}): FeedEvent {
  count += 1
  return {
    type,
    timestamp: count,
    data: { id: `e${count}`, cursor: `c${count}`, room: { name: 'lobby', sid: 'RM' }, cause: 'webhook', ...data },
  }
}
const bo = { participant: { identity: 'bo', sid: 'PA', name: 'Bo' } }
const microphone = { track: { sid: 'TR', source: 'microphone' } } as const

describe('an event as a sentence', () => {
  it.each([
    [event('participant_joined', bo), 'Bo joined'],
    [event('participant_joined', { participant: { identity: 'user-7', sid: 'PA', name: ' ' } }), 'user-7 joined'],
    [event('room_finished'), 'The room ended'],
    [event('track_published', { ...bo, ...microphone }), 'Bo turned on the microphone'],
    [event('track_muted', { ...bo, ...microphone }), 'Bo muted the microphone'],
    [event('track_muted', { ...bo, ...microphone, operator: 'ana', reason: 'spam' }), "Usher operator ana muted Bo's microphone: spam"],
    [event('participant_removed', { ...bo, operator: 'ana', reason: 'spam' }), 'Usher operator ana removed Bo: spam'],
    [event('participant_left', { ...bo, operator: 'ana' }), 'Usher operator ana disconnected Bo'],
    [event('track_unpublished', { ...bo, ...microphone, operator: 'ana' }), "Usher operator ana ended Bo's microphone"],
    [
      event('measure_imposed', { ...bo, operator: 'ana', reason: 'spam', detail: 'banned in all rooms until 2026-05-04T10:11:12.345Z' }),
      `Usher operator ana imposed a measure on Bo: spam (banned in all rooms until ${formatMoment(Date.UTC(2026, 4, 4, 10, 11))})`,
    ],
    [event('measure_lifted', { operator: 'ana' }), 'Usher operator ana lifted a measure on the room'],
    [
      event('permission_changed', { ...bo, operator: 'ana', detail: 'microphone denied' }),
      'Bo: permissions changed, by operator ana (microphone denied)',
    ],
  ])('%#: %s', (told, sentence) => expect(eventText(told)).toBe(sentence))

  it('every type of the feed has a sentence', () => {
    for (const type of feedTypeSchema.options) expect(eventText(event(type))).not.toBe('')
  })

  it('what users wrote is set apart from our words', () => {
    const named = describeEvent(event('participant_joined', { participant: { identity: 'x', sid: 'PA', name: '<b>Bo</b> joined' } }))
    expect(named).toEqual([{ named: '<b>Bo</b> joined' }, { words: ' joined' }])
  })
})

describe('what one action did to many', () => {
  const person = (name: string) => ({ participant: { identity: name.toLowerCase(), sid: `PA_${name}`, name } })
  const [muted, banned] = [
    { operator: 'ana', actionId: 'a1', reason: 'noise' },
    { operator: 'ana', actionId: 'a2' },
  ]
  const mute = (name: string) => event('track_muted', { ...person(name), ...microphone, ...muted })
  const sentences = (events: readonly FeedEvent[]) => gatherEvents(events).map((line) => eventText(line.event, line.events))

  it('is one line where the newest of it stands, and names two', () => {
    const events = [mute('Bo'), event('participant_joined', person('Cy')), mute('Di'), mute('Ed'), mute('Flo')]
    expect(sentences(events)).toEqual(['Usher operator ana muted the microphone of Bo, Di and 2 others: noise', 'Cy joined'])
    expect(gatherEvents(events)[0]?.events.map(({ data }) => data.participant?.identity)).toEqual(['bo', 'di', 'ed', 'flo'])
  })

  it('of few stays as it is, and so does what several actions did, or one did of several kinds', () => {
    const three = [mute('Bo'), mute('Di'), mute('Ed')]
    expect(sentences(three)).toEqual(['Bo', 'Di', 'Ed'].map((name) => `Usher operator ana muted ${name}'s microphone: noise`))
    const ban = event('measure_imposed', { ...person('Flo'), ...banned })
    const camera = event('track_muted', { ...person('Gil'), ...muted, track: { sid: 'TR', source: 'camera' } })
    expect(gatherEvents([...three, ban, camera])).toHaveLength(5)
  })

  it('says what is said of all, and nothing that is said of some', () => {
    const grant = (name: string, detail: string) => event('permission_changed', { ...person(name), ...banned, detail })
    const same = ['Bo', 'Di', 'Ed', 'Flo'].map((name) => grant(name, 'camera denied'))
    expect(sentences(same)).toEqual(['Bo, Di and 2 others: permissions changed, by operator ana (camera denied)'])
    expect(sentences([...same, grant('Gil', 'all denied')])).toEqual(['Bo, Di and 3 others: permissions changed, by operator ana'])
  })

  it('somebody who was muted twice counts once', () => {
    expect(sentences([mute('Bo'), mute('Bo'), mute('Di'), mute('Di')])).toEqual([
      'Usher operator ana muted the microphone of Bo and Di: noise',
    ])
  })
})

describe('the feed’s filter', () => {
  const feed = [
    event('participant_joined', bo),
    event('track_muted', { ...bo, ...microphone, operator: 'ana' }),
    event('room_started', { room: { name: 'other', sid: 'RM2' } }),
  ]
  it.each([
    [{ room: null, group: null, text: '' }, ['room_started', 'track_muted', 'participant_joined']],
    [{ room: 'lobby', group: null, text: '' }, ['track_muted', 'participant_joined']],
    [{ room: null, group: 'media', text: '' }, ['track_muted']],
    [{ room: null, group: 'moderation', text: '' }, ['track_muted']],
    [{ room: null, group: null, text: ' OTHER ' }, ['room_started']],
    [{ room: null, group: null, text: 'operator ana' }, ['track_muted']],
  ] as const)('%j lets through %j, newest first', (filter, types) => expect(filterFeed(feed, filter).map((one) => one.type)).toEqual(types))
})
