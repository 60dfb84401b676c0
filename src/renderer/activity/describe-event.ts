import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { withLocalTimes } from '../ui/format.ts'
import { text } from '../ui/text.ts'

/** A piece of a sentence: our words, or what a user named, which is shown set apart and never read as anything but text. */
export type Part = { readonly words: string } | { readonly named: string } | { readonly quoted: string }

/** An event as one plain sentence: what happened, who did it, and why. `events`: what the same action did to many, the event being the first of them. */
export function describeEvent(event: FeedEvent, events: readonly FeedEvent[] = [event]): readonly Part[] {
  const { operator, reason, detail } = event.data
  const whom = namesOf(events)
  const by: readonly Part[] = operator === undefined ? [] : [{ words: `${text.feed.operator} ` }, { named: operator }]
  const sentence = operator === undefined ? told(event, whom) : done(event, whom, by)
  const why: readonly Part[] = reason === undefined || reason === '' ? [] : [{ words: ': ' }, { quoted: reason }]
  const isSaidOfAll = detail !== undefined && detail !== '' && events.every(({ data }) => data.detail === detail)
  const more: readonly Part[] = isSaidOfAll ? [{ words: ' (' }, { quoted: withLocalTimes(detail) }, { words: ')' }] : []
  return [...sentence, ...why, ...more]
}

/** How many people a sentence names, where it is about more. */
const NAMED = 2

function namesOf(events: readonly FeedEvent[]): readonly Part[] {
  const people = new Map(events.map(({ data: { participant } }) => [participant?.identity, participant]))
  const names = [...people.values()].map((one): Part => ({
    named: one === undefined ? text.feed.somebody : one.name.trim() || one.identity,
  }))
  const others = names.length - NAMED
  const between: Part = { words: others > 0 ? ', ' : text.feed.and }
  const named = names.slice(0, NAMED).flatMap((name, index) => (index === 0 ? [name] : [between, name]))
  return others > 0 ? [...named, { words: text.feed.andOthers(others) }] : named
}

/** The sentence as one text, for a filter or a title. */
export function eventText(event: FeedEvent, events?: readonly FeedEvent[]): string {
  return describeEvent(event, events)
    .map((part) => ('words' in part ? part.words : 'named' in part ? part.named : part.quoted))
    .join('')
}

function told(event: FeedEvent, whom: readonly Part[]): readonly Part[] {
  const words = text.feed.told[event.type].replace('{track}', text.source[event.data.track?.source ?? 'unknown'])
  if (event.data.participant !== undefined) return [...whom, { words }]
  const alone = text.feed.alone[event.type]
  return alone === undefined ? [...whom, { words }] : [{ words: alone }]
}

function done(event: FeedEvent, whom: readonly Part[], by: readonly Part[]): readonly Part[] {
  const source = text.source[event.data.track?.source ?? 'unknown']
  const track: readonly Part[] = whom.length === 1 ? [...whom, { words: `'s ${source}` }] : [{ words: text.feed.sourceOf(source) }, ...whom]
  switch (event.type) {
    case 'track_muted':
      return [...by, { words: ` ${text.feed.muted} ` }, ...track]
    case 'track_unmuted':
      return [...by, { words: ` ${text.feed.unmuted} ` }, ...track]
    case 'participant_removed':
      return [...by, { words: ` ${text.feed.removed} ` }, ...whom]
    // LiveKit tells of these as if the person had done it.
    case 'participant_left':
      return [...by, { words: ` ${text.feed.disconnected} ` }, ...whom]
    case 'track_unpublished':
      return [...by, { words: ` ${text.feed.ended} ` }, ...track]
    case 'measure_imposed':
    case 'measure_changed':
    case 'measure_lifted':
      return [
        ...by,
        { words: ` ${text.feed.measure[event.type]} ` },
        ...(event.data.participant === undefined ? [{ words: text.feed.theRoom }] : whom),
      ]
    default:
      return [...told(event, whom), { words: `, ${text.feed.by} ` }, ...by.slice(-1)]
  }
}
