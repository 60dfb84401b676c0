import { formatCount, formatTick, formatTime } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import classes from './Sessions.module.css'
import { percentOf, populationPath, ticksOf, type Span } from './timeline.ts'

/** About how many times of day are written below a curve or timeline. */
const TICKS = 8

type Points = readonly { readonly at: number; readonly online: number }[]

/** How many were there, over the session. */
export function Population({ points, frame, peak }: { readonly points: Points; readonly frame: Span; readonly peak: number }) {
  const highest = points.reduce((most, { online }) => Math.max(most, online), Math.max(peak, 1))
  const at = points.find(({ online }) => online === highest)?.at ?? frame.from
  return (
    <div className={classes.chart}>
      <span className={classes.peak} aria-hidden>
        {formatCount(highest)}
      </span>
      <svg
        className={classes.curve}
        viewBox="0 0 1000 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={text.sessions.populationAbout(highest, formatTime(at))}
        data-testid="population"
      >
        <path d={populationPath(points, frame, highest)} />
      </svg>
      <Axis frame={frame} />
    </div>
  )
}

/** Times of day below what a frame spans. */
export function Axis({ frame }: { readonly frame: Span }) {
  return (
    <div className={classes.axis} aria-hidden>
      {ticksOf(frame, TICKS).map((at) => (
        <span key={at} className={classes.tick} style={{ insetInlineStart: `${percentOf(at, frame)}%` }}>
          {formatTick(at)}
        </span>
      ))}
    </div>
  )
}
