import { CloseButton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useSession } from '../../app/session.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { text } from '../../ui/text.ts'
import { shownName } from '../arrange-participants.ts'
import { viewParticipant } from '../participant-view.ts'
import { useRoomSignals } from '../useRoomSignals.ts'
import { InForce } from './InForce.tsx'
import { closeInspector, useInspected } from './inspected.ts'
import classes from './Inspector.module.css'
import { LiveState } from './LiveState.tsx'
import { PermissionSwitches } from './PermissionSwitches.tsx'
import { Records } from './Records.tsx'
import { RoleField } from './RoleField.tsx'
import { SeenHere } from './SeenHere.tsx'

/** Everything about one person, beside the table: what is so now, what they may, what is in force, and what is on record. */
export function Inspector({ identity }: { readonly identity: string }) {
  const person = useSession((state) => state.open?.participants.get(identity))
  const signals = useRoomSignals()
  const panel = useRef<HTMLElement>(null)
  const inspected = useInspected()
  useEffect(() => {
    if (inspected.focus === 'panel') panel.current?.focus()
    if (inspected.focus === 'permissions') (panel.current?.querySelector<HTMLElement>('[data-permissions] input') ?? panel.current)?.focus()
  }, [inspected])
  // Not by React's events: those of a dialog that was opened from here come along, and its Escape is its own.
  useEffect(() => {
    const element = panel.current
    element?.addEventListener('keydown', leave)
    return () => element?.removeEventListener('keydown', leave)
  }, [])
  const name = person === undefined ? identity : shownName(person)
  return (
    <section
      ref={panel}
      className={classes.panel}
      aria-label={text.inspector.title(name)}
      tabIndex={-1}
      data-testid="inspector"
      data-inspected={identity}
    >
      <header className={classes.head}>
        <Avatar identity={identity} name={name} size={36} dimmed={person?.isOnline !== true} />
        <div className={classes.names}>
          <h2 className={classes.name} dir="auto" title={name}>
            {name}
          </h2>
          <div className={classes.identity} dir="auto" title={identity}>
            {identity}
          </div>
        </div>
        <CloseButton
          aria-label={text.inspector.close}
          title={`${text.inspector.close} (Esc)`}
          onClick={close}
          data-testid="inspector-close"
        />
      </header>
      <div className={classes.body}>
        {person === undefined ? (
          <p className={classes.quiet}>{text.inspector.gone}</p>
        ) : (
          <>
            <LiveState person={person} view={viewParticipant(person, signals)} />
            <PermissionSwitches person={person} facts={viewParticipant(person, signals).permissions} />
            <RoleField key={identity} person={person} />
            <SeenHere identity={identity} />
            <InForce person={person} />
          </>
        )}
        <Records identity={identity} />
      </div>
    </section>
  )
}

/** Escape closes, wherever the focus is in the panel, but for a field that it leaves first. */
function leave(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented) return
  event.stopPropagation()
  close()
}

/** The keys go back to the table. */
function close(): void {
  closeInspector()
  document.querySelector<HTMLElement>('[role="grid"]')?.focus()
}
