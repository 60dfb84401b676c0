import type { PersonSession } from '#shared/contract/http-people.ts'
import { useTimeText } from '../app/clock.ts'
import { sessionsPath } from '../app/routes.ts'
import { formatSpan } from '../ui/format.ts'
import { Moment } from '../ui/Moment.tsx'
import { text } from '../ui/text.ts'
import link from '../ui/Link.module.css'
import classes from './PersonRecords.module.css'
import { describeQuality, describeTalk, stayLength } from './stay-view.ts'

const { stays: words } = text.people

/** S2.6: each stay of somebody, with how long they talked, how their connection was and how often they came back. */
export function StayTable({ stays }: { readonly stays: readonly PersonSession[] }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={words.list}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words.room}</th>
            <th scope="col">{words.came}</th>
            <th scope="col">{words.stayed}</th>
            <th scope="col">{words.talked}</th>
            <th scope="col">{words.quality}</th>
            <th scope="col">{words.again}</th>
          </tr>
        </thead>
        <tbody>
          {stays.map((stay) => (
            <tr key={stay.sid} data-testid="stay">
              <td className={classes.name}>
                <a className={link.link} href={`#${sessionsPath(stay.room, stay.roomSid)}`} title={stay.room}>
                  <bdi>{stay.room}</bdi>
                </a>
              </td>
              <td className={classes.number}>
                <Moment at={stay.joinedAt} />
              </td>
              <td className={classes.number}>
                <Length stay={stay} />
              </td>
              <td className={stay.talkMs === null ? classes.unknown : classes.number}>{describeTalk(stay.talkMs)}</td>
              <td className={classes.number}>{describeQuality(stay)}</td>
              <td className={classes.number}>{words.reconnects(stay.reconnects)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Length({ stay }: { readonly stay: PersonSession }) {
  const span = useTimeText((now) => formatSpan(stayLength(stay, now)))
  return stay.leftAt === null ? `${span}, ${words.still}` : span
}
