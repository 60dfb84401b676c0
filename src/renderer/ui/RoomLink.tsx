import { roomPath } from '../app/routes.ts'
import classes from './Link.module.css'

/** Leads to a room; with `person` that one is selected there. */
export function RoomLink(props: { readonly room: string; readonly person?: string; readonly className?: string; readonly label?: string }) {
  return (
    <a
      className={`${classes.link} ${props.className ?? ''}`}
      href={`#${roomPath(props.room, props.person)}`}
      title={props.label ?? props.room}
      aria-label={props.label}
    >
      <bdi>{props.room}</bdi>
    </a>
  )
}
