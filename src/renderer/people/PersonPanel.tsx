import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Person } from '#shared/contract/http-people.ts'
import { may } from '#shared/domain/operator.ts'
import { useSession } from '../app/session.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { Moment } from '../ui/Moment.tsx'
import { Report } from '../ui/Report.tsx'
import { RoomLink } from '../ui/RoomLink.tsx'
import { text } from '../ui/text.ts'
import { BanDialog } from './BanDialog.tsx'
import { EraseDialog } from './EraseDialog.tsx'
import classes from './PeoplePage.module.css'
import { RecordsOf } from './PersonRecords.tsx'
import { usePerson } from './usePerson.ts'

/** One person: where they are now, what is on record of them, and for admins erasing it. */
export function PersonPanel({ identity }: { readonly identity: string }) {
  const reading = usePerson(identity)
  // Who was erased meanwhile, here or elsewhere, is not shown as they were.
  const person = reading.failure?.code === 'not_found' ? null : reading.value
  const mayErase = useSession((state) => state.operator !== null && may(state.operator, 'erase_people'))
  const mayBan = useSession((state) => state.operator !== null && may(state.operator, 'ban'))
  const [isBanning, setBanning] = useState(false)
  const [isErasing, setErasing] = useState(false)
  const [erased, setErased] = useState<string | null>(null)
  const name = person?.name.trim() ?? ''
  return (
    <div className={classes.panel} tabIndex={0} role="group" aria-label={name === '' ? identity : name} data-testid="person-panel">
      <header className={classes.head}>
        <Avatar identity={identity} name={person?.name ?? ''} size={44} dimmed={person !== null && person.rooms.length === 0} />
        <div className={classes.headWords}>
          <h2 className={classes.title} dir="auto" title={name}>
            {name === '' ? identity : name}
          </h2>
          <p className={classes.headIdentity}>
            <bdi title={identity}>{identity}</bdi>
          </p>
        </div>
        {mayBan ? (
          <Button size="xs" variant="default" onClick={() => setBanning(true)} data-testid="ban-all">
            {text.people.banAll}
          </Button>
        ) : null}
        {mayErase && person !== null ? (
          <Button size="xs" variant="default" onClick={() => setErasing(true)} data-testid="erase">
            {text.people.erase.button}
          </Button>
        ) : null}
      </header>
      {person === null ? null : <Facts person={person} />}
      {erased === null ? null : <Report ok message={erased} testid="erased" />}
      <RecordsOf reading={reading} identity={identity} />
      <BanDialog identity={identity} name={name} opened={isBanning} onClose={() => setBanning(false)} />
      <EraseDialog
        identity={identity}
        opened={isErasing}
        onClose={() => setErasing(false)}
        onErased={(words) => {
          setErasing(false)
          setErased(words)
          reading.again()
        }}
      />
    </div>
  )
}

function Facts({ person }: { readonly person: Person }) {
  const { identity, rooms, firstSeenAt, lastSeenAt } = person
  return (
    <dl className={classes.facts}>
      <dt>{text.people.now}</dt>
      <dd data-testid="rooms-now">
        {rooms.length === 0 ? text.people.nowhere : null}
        {rooms.map((room) => (
          <RoomLink key={room} room={room} person={identity} label={text.people.openInRoom(room)} className={classes.roomNow ?? ''} />
        ))}
      </dd>
      <dt>{text.people.firstSeen}</dt>
      <dd>{firstSeenAt === null ? text.people.never : <Moment at={firstSeenAt} />}</dd>
      <dt>{text.people.lastSeenLong}</dt>
      <dd>{lastSeenAt === null ? text.people.never : <Moment at={lastSeenAt} />}</dd>
    </dl>
  )
}
