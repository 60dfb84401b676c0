import { IconAntennaBars2, IconAntennaBars4, IconAntennaBars5, IconAntennaBarsOff, IconMinus, type Icon } from '@tabler/icons-react'
import type { ConnectionQuality } from '#shared/domain/presence.ts'
import classes from './QualityMark.module.css'

const icons: Record<ConnectionQuality, Icon> = {
  excellent: IconAntennaBars5,
  good: IconAntennaBars4,
  poor: IconAntennaBars2,
  lost: IconAntennaBarsOff,
  unknown: IconMinus,
}

/** A connection quality as icon, text and colour together. */
export function QualityMark(props: { readonly quality: ConnectionQuality; readonly label: string; readonly title?: string }) {
  const QualityIcon = icons[props.quality]
  return (
    <span className={classes.quality} data-quality={props.quality} title={props.title}>
      <QualityIcon size={16} stroke={1.8} aria-hidden />
      {props.label}
    </span>
  )
}
