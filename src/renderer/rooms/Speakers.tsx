import type { RoomSummary } from '#shared/domain/room.ts'
import { useTimeText } from '../app/clock.ts'
import { useSignalsOld } from '../app/useSignalsOld.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { formatAge, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import classes from './RoomFacts.module.css'

/** How many of those who speak are drawn; the others are counted. */
const AVATARS = 3
/** And of those who spoke a while ago: when that was needs the room. */
const AVATARS_OLD = 1

/** Who speaks; of signals that are too old, who spoke and when; where nobody listens for that, how many could be heard or seen. */
export function Speakers({ summary }: { readonly summary: RoomSummary }) {
  const { observedAt, speaking } = summary
  const isOld = useSignalsOld(observedAt)
  if (observedAt === null) return <Quiet words={text.wall.publishers(summary.publishers)} />
  if (isOld) return <Spoke speaking={speaking} at={observedAt} />
  if (speaking.length === 0) return <Quiet words={text.wall.speakingNone} />
  return (
    <span className={classes.speakers} data-testid="tile-speakers" data-old={false}>
      {speaking.slice(0, AVATARS).map((speaker) => (
        <Avatar key={speaker.identity} identity={speaker.identity} name={speaker.name} size={20} level={speaker.level} />
      ))}
      <Names speaking={speaking} />
    </span>
  )
}

/** Those who spoke then: no rings, no levels, and when that was. */
function Spoke({ speaking, at }: { readonly speaking: RoomSummary['speaking']; readonly at: number }) {
  const age = useTimeText((now) => formatAge(now - at))
  if (speaking.length === 0) return <Quiet words={text.wall.spokeNone(age)} />
  return (
    <span className={classes.speakers} data-testid="tile-speakers" data-old title={formatUtc(at)}>
      {speaking.slice(0, AVATARS_OLD).map((speaker) => (
        <Avatar key={speaker.identity} identity={speaker.identity} name={speaker.name} size={20} dimmed />
      ))}
      <Names speaking={speaking} />
      <span className={classes.spoke}>{text.wall.spoke(age)}</span>
    </span>
  )
}

function Names({ speaking }: { readonly speaking: RoomSummary['speaking'] }) {
  const [loudest] = speaking
  if (loudest === undefined) return null
  return (
    <>
      <span className={classes.speakerName} dir="auto">
        {loudest.name.trim() === '' ? loudest.identity : loudest.name}
      </span>
      {speaking.length > 1 ? <span>{text.wall.othersSpeak(speaking.length - 1)}</span> : null}
    </>
  )
}

function Quiet({ words }: { readonly words: string }) {
  return (
    <span className={classes.speakers} data-quiet>
      {words}
    </span>
  )
}
