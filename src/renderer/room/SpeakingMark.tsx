import type { CSSProperties } from 'react'
import { useTimeText } from '../app/clock.ts'
import { formatAge, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import classes from './ParticipantRow.module.css'

/** How much of the level each bar of the meter shows. */
const SHARES = [0.55, 1, 0.7]

/** Who speaks now, and how loudly; where nobody has listened for a while, who spoke then. */
export function SpeakingMark({ level, spokeAt }: { readonly level: number | null; readonly spokeAt: number | null }) {
  if (spokeAt !== null) return <Spoke at={spokeAt} />
  if (level === null) return null
  return (
    <span className={classes.speaking}>
      <span className={classes.meter} aria-hidden>
        {SHARES.map((share) => {
          const style: CSSProperties & Record<`--${string}`, number> = { '--share': Math.min(1, 0.15 + level * share) }
          return <i key={share} style={style} />
        })}
      </span>
      {text.room.speaking}
    </span>
  )
}

function Spoke({ at }: { readonly at: number }) {
  const age = useTimeText((now) => formatAge(now - at))
  return (
    <span className={classes.spoke} title={formatUtc(at)}>
      {text.wall.spoke(age)}
    </span>
  )
}
