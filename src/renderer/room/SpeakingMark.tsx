import type { CSSProperties } from 'react'
import { text } from '../ui/text.ts'
import classes from './Participants.module.css'

/** How much of the level each bar of the meter shows. */
const SHARES = [0.55, 1, 0.7]

/** Who speaks now, and how loudly; nothing for who does not. */
export function SpeakingMark({ level }: { readonly level: number | null }) {
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
