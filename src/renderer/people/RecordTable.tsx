import type { Person } from '#shared/contract/http-people.ts'
import { Moment } from '../ui/Moment.tsx'
import { RoomLink } from '../ui/RoomLink.tsx'
import { text } from '../ui/text.ts'
import classes from './PersonRecords.module.css'

const { record: words } = text.people
type PersonRecord = Person['records'][number]

/** S2.2: what each room has on record of somebody. */
export function RecordTable({ records }: { readonly records: readonly PersonRecord[] }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={words.list}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words.room}</th>
            <th scope="col">{words.role}</th>
            <th scope="col">{words.status}</th>
            <th scope="col">{words.since}</th>
            <th scope="col">{words.may}</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => {
            const since = record.status === 'LEFT' ? record.leftAt : record.joinedAt
            return (
              <tr key={record.room} data-testid="record">
                <td className={classes.name}>
                  <RoomLink room={record.room} />
                </td>
                <td className={classes.name} dir="auto" title={record.role}>
                  {record.role}
                </td>
                <td>{words.statuses[record.status]}</td>
                <td className={classes.number}>{since === null ? '—' : <Moment at={since} />}</td>
                <td>{describeMay(record)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function describeMay({ canSpeak, canVideo }: PersonRecord): string {
  const allowed = [...(canSpeak ? [words.speak] : []), ...(canVideo ? [words.video] : [])]
  return allowed.length === 0 ? words.nothing : allowed.join(', ')
}
