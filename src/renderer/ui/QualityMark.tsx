import type { ConnectionQuality } from '#shared/domain/presence.ts'
import classes from './QualityMark.module.css'

/** How many of the four bars are lit. */
const lit: Record<Exclude<ConnectionQuality, 'unknown'>, number> = { excellent: 4, good: 3, poor: 1, lost: 0 }
const bars = [4, 7, 10, 13]

type QualityProps = {
  readonly quality: ConnectionQuality
  readonly label: string
  readonly title?: string | undefined
  /** It was seen too long ago to alarm anybody. */
  readonly isOld?: boolean
}

/** A connection quality as bars, text and colour together. */
export function QualityMark(props: QualityProps) {
  return (
    <span className={classes.quality} data-quality={props.quality} data-old={props.isOld === true} title={props.title}>
      {props.quality === 'unknown' ? null : <Bars count={lit[props.quality]} />}
      <span className={classes.label}>{props.label}</span>
    </span>
  )
}

/** What is not lit stays as a shadow; with nothing lit there is a cross. */
function Bars({ count }: { readonly count: number }) {
  return (
    <svg width={15} height={15} viewBox="0 0 16 16" aria-hidden>
      {bars.map((height, index) => (
        <rect
          key={height}
          x={1 + index * 4}
          y={14.5 - height}
          width={2.5}
          height={height}
          rx={0.8}
          fill="currentColor"
          opacity={index < count ? 1 : 0.3}
        />
      ))}
      {count === 0 ? <path d="M1.5 1.5l5 5m0-5l-5 5" stroke="currentColor" strokeWidth={1.8} strokeLinecap="round" /> : null}
    </svg>
  )
}
