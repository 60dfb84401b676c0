import { IconAlertTriangle } from '@tabler/icons-react'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { countNamesakes, shownName } from '../arrange-participants.ts'
import classes from './DeedDialog.module.css'
import type { Target } from './make-action.ts'

/** How many names are shown of many. */
const NAMES = 8

/** Whom a deed means: person, identity and room; of many how many, and the first of them. */
export function Whom({ target, isRoom }: { readonly target: Target; readonly isRoom: boolean }) {
  const [first] = target.people
  const person = !isRoom && target.people.length === 1 ? first : undefined
  const namesakes = useSession((state) =>
    state.open === null || person === undefined ? 0 : countNamesakes(state.open.participants, person),
  )
  const gone = useSession((state) => {
    if (isRoom) return 0
    const here = state.open?.participants
    return target.people.filter((one) => one.isOnline && (here?.get(one.identity)?.sid !== one.sid || !here.get(one.identity)?.isOnline))
      .length
  })
  return (
    <>
      <dl className={classes.whom}>
        {isRoom ? null : person === undefined ? (
          <>
            <dt>{text.dialog.people}</dt>
            <dd>{text.countPeople(target.people.length)}</dd>
            <dt aria-hidden />
            <dd className={classes.names} dir="auto">
              {target.people.slice(0, NAMES).map(shownName).join(', ')}
              {target.people.length > NAMES ? ` ${text.dialog.andMore(target.people.length - NAMES)}` : ''}
            </dd>
          </>
        ) : (
          <>
            <dt>{text.dialog.person}</dt>
            <dd dir="auto" title={shownName(person)}>
              {shownName(person)}
            </dd>
            <dt>{text.dialog.identity}</dt>
            <dd className={classes.identity} dir="auto" title={person.identity}>
              {person.identity}
            </dd>
          </>
        )}
        <dt>{text.dialog.room}</dt>
        <dd dir="auto" title={target.room}>
          {target.room}
        </dd>
      </dl>
      {namesakes > 0 ? <Warning words={text.dialog.namesakes(namesakes)} testid="namesakes" /> : null}
      {gone > 0 ? <Warning words={person === undefined ? text.dialog.goneSome(gone) : text.dialog.gone} testid="gone" /> : null}
    </>
  )
}

export function Warning({ words, testid }: { readonly words: string; readonly testid: string }) {
  return (
    <p className={classes.warning} data-testid={testid}>
      <IconAlertTriangle size={15} aria-hidden />
      {words}
    </p>
  )
}
