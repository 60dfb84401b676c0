import { IconAntennaBars2, IconAntennaBars4, IconAntennaBars5, IconAntennaBarsOff, type Icon } from '@tabler/icons-react'
import type { ConnectionQuality } from '#shared/domain/presence.ts'
import classes from './QualityMark.module.css'

const icons: Record<Exclude<ConnectionQuality, 'unknown'>, Icon> = {
  excellent: IconAntennaBars5,
  good: IconAntennaBars4,
  poor: IconAntennaBars2,
  lost: IconAntennaBarsOff,
}

/** A connection quality as icon, text and colour together. */
export function QualityMark(props: { readonly quality: ConnectionQuality; readonly label: string; readonly title?: string }) {
  const QualityIcon = props.quality === 'unknown' ? null : icons[props.quality]
  return (
    <span className={classes.quality} data-quality={props.quality} title={props.title}>
      {QualityIcon === null ? null : <QualityIcon size={17} stroke={1.9} aria-hidden />}
      {props.label}
    </span>
  )
}
