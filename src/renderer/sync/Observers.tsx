import { IconAlertTriangle, IconEyeOff } from '@tabler/icons-react'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import { useSession } from '../app/session.ts'
import { formatCount } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { Fact } from './Fact.tsx'
import { readObserverState, readObserverTrouble } from './observer-view.ts'
import { ObservedRooms } from './ObservedRooms.tsx'
import sheet from '../ui/Sheet.module.css'
import classes from './Observers.module.css'
import page from './SyncPage.module.css'

/** X2: how the observers fare, and which rooms they see. Nothing with a server that doesn't tell. */
export function Observers() {
  const status = useSession((state) => state.observers)
  const wasAnySeen = useSession((state) => [...(state.rooms?.values() ?? [])].some(({ observedAt }) => observedAt !== null))
  if (status === null) return null
  const state = readObserverState(status)
  return (
    <section className={sheet.section} aria-labelledby="observers" data-testid="observers" data-state={state}>
      <h2 className={sheet.heading} id="observers">
        {text.observers.title}
      </h2>
      <p className={sheet.help}>{text.observers.help}</p>
      {state === 'off' ? <Off isAlone={!wasAnySeen} /> : <Facts status={status} />}
      {state !== 'off' || wasAnySeen ? <ObservedRooms /> : null}
    </section>
  )
}

function Off({ isAlone }: { readonly isAlone: boolean }) {
  return (
    <p className={classes.note} data-testid="observers-off">
      <IconEyeOff size={16} aria-hidden />
      <span>
        <strong>{text.observers.off}</strong> {text.observers.offHelp} {isAlone ? text.observers.offAlone : text.observers.offOthers}
      </span>
    </p>
  )
}

function Facts({ status }: { readonly status: ObserverStatus }) {
  const { slots, observed, rooms, withoutMedia } = status
  return (
    <>
      <Trouble status={status} />
      <dl className={page.facts} data-testid="observer-facts">
        <Fact name={text.observers.observed}>{text.observers.ofRooms(observed, rooms)}</Fact>
        <Fact name={text.observers.slots}>{text.sync.of(formatCount(observed), formatCount(slots))}</Fact>
        <Fact name={text.observers.withoutMedia} tone={withoutMedia > 0 ? 'warn' : undefined}>
          {text.observers.inRooms(withoutMedia)}
        </Fact>
      </dl>
      <Explanation status={status} />
    </>
  )
}

/** What is wrong, what follows from it, and what to do. */
function Trouble({ status }: { readonly status: ObserverStatus }) {
  const trouble = readObserverTrouble(status)
  if (trouble === null) return null
  const { what, help } = text.observers.trouble[trouble.kind]
  return (
    <p className={page.alarm} role="status" data-testid="observer-trouble" data-kind={trouble.kind}>
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        <strong>{what(status.withoutMedia)}</strong> {text.observers.why(trouble.why)} {help}
      </span>
    </p>
  )
}

/** Why not each room is observed by this server. */
function Explanation({ status }: { readonly status: ObserverStatus }) {
  const isTeam = useSession(({ profile }) => profile?.kind === 'team')
  const state = readObserverState(status)
  if (state === 'turns')
    return (
      <p className={classes.explanation} data-testid="observer-turns">
        {text.observers.turns(status.slots, status.rooms, status.turnMs)} {isTeam ? text.observers.moreSlots : null}
      </p>
    )
  return state === 'some' && status.trouble === null ? <p className={classes.explanation}>{text.observers.some}</p> : null
}
