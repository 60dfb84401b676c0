import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { withLocalTimes } from '../ui/format.ts'
import { text } from '../ui/text.ts'

/** A piece of a sentence: our words, or what a user named, which is shown set apart and never read as anything but text. */
export type Part = { readonly words: string } | { readonly named: string } | { readonly quoted: string }

/** An event as one plain sentence: what happened, who did it, and why. */
export function describeEvent(event: FeedEvent): readonly Part[] {
  const { operator, participant, reason, detail } = event.data
  const person: Part = { named: participant === undefined ? text.feed.somebody : participant.name.trim() || participant.identity }
  const by: readonly Part[] = operator === undefined ? [] : [{ words: `${text.feed.operator} ` }, { named: operator }]
  const sentence = operator === undefined ? told(event, person) : done(event, person, by)
  const why: readonly Part[] = reason === undefined || reason === '' ? [] : [{ words: ': ' }, { quoted: reason }]
  const more: readonly Part[] =
    detail === undefined || detail === '' ? [] : [{ words: ' (' }, { quoted: withLocalTimes(detail) }, { words: ')' }]
  return [...sentence, ...why, ...more]
}

/** The sentence as one text, for a filter or a title. */
export function eventText(event: FeedEvent): string {
  return describeEvent(event)
    .map((part) => ('words' in part ? part.words : 'named' in part ? part.named : part.quoted))
    .join('')
}

function told(event: FeedEvent, person: Part): readonly Part[] {
  const words = text.feed.told[event.type].replace('{track}', text.source[event.data.track?.source ?? 'unknown'])
  if (event.data.participant !== undefined) return [person, { words }]
  const alone = text.feed.alone[event.type]
  return alone === undefined ? [person, { words }] : [{ words: alone }]
}

function done(event: FeedEvent, person: Part, by: readonly Part[]): readonly Part[] {
  const source = text.source[event.data.track?.source ?? 'unknown']
  switch (event.type) {
    case 'track_muted':
      return [...by, { words: ` ${text.feed.muted} ` }, person, { words: `'s ${source}` }]
    case 'track_unmuted':
      return [...by, { words: ` ${text.feed.unmuted} ` }, person, { words: `'s ${source}` }]
    case 'participant_removed':
      return [...by, { words: ` ${text.feed.removed} ` }, person]
    // LiveKit tells of these as if the person had done it.
    case 'participant_left':
      return [...by, { words: ` ${text.feed.disconnected} ` }, person]
    case 'track_unpublished':
      return [...by, { words: ` ${text.feed.ended} ` }, person, { words: `'s ${source}` }]
    case 'measure_imposed':
    case 'measure_changed':
    case 'measure_lifted':
      return [
        ...by,
        { words: ` ${text.feed.measure[event.type]} ` },
        event.data.participant === undefined ? { words: text.feed.theRoom } : person,
      ]
    default:
      return [...told(event, person), { words: `, ${text.feed.by} ` }, ...by.slice(-1)]
  }
}
