import type { CSSProperties } from 'react'
import classes from './Avatar.module.css'
import { hueOf, initialsOf } from './format.ts'

/** A person's initials on their colour. `level` (0 to 1) draws the ring of who speaks; null draws none. */
export function Avatar(props: {
  readonly identity: string
  readonly name: string
  readonly size: number
  readonly level?: number | null
  readonly dimmed?: boolean
}) {
  const level = props.level ?? null
  const style: CSSProperties & Record<`--${string}`, string | number> = {
    '--hue': hueOf(props.identity),
    '--size': `${props.size}px`,
    '--level': level ?? 0,
  }
  return (
    <span className={classes.avatar} style={style} data-speaking={level !== null} data-dimmed={props.dimmed === true} aria-hidden>
      {initialsOf(props.name.trim() === '' ? props.identity : props.name)}
    </span>
  )
}
