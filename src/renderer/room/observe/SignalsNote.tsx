import { IconActivity, IconEyeOff, IconHistory, IconServer2 } from '@tabler/icons-react'
import { useTimeText } from '../../app/clock.ts'
import { useSession } from '../../app/session.ts'
import { useSignalsOld } from '../../app/useSignalsOld.ts'
import { formatAge } from '../../ui/format.ts'
import { text } from '../../ui/text.ts'
import { useSignals } from './signals-store.ts'
import classes from './SignalsNote.module.css'

/** Where speaking and quality come from, and why not from nearer. */
export function SignalsNote() {
  const status = useSignals((state) => state.status)
  const presenceAt = useSession((state) => state.open?.presence?.at ?? null)
  const age = useTimeText((now) => (presenceAt === null ? '' : formatAge(now - presenceAt)))
  const isOld = useSignalsOld(presenceAt)
  const why = status.state === 'off' ? status.why : ''
  if (status.state === 'live')
    return (
      <span className={classes.note} data-testid="signals" data-source="room" title={text.signals.liveLong}>
        <IconActivity size={14} aria-hidden /> {text.signals.live}
      </span>
    )
  if (presenceAt !== null)
    return (
      <span
        className={classes.note}
        data-testid="signals"
        data-source="server"
        data-old={isOld}
        title={isOld ? text.signals.serverOldLong(why) : text.signals.serverLong(why)}
      >
        {isOld ? <IconHistory size={14} aria-hidden /> : <IconServer2 size={14} aria-hidden />}{' '}
        {isOld ? text.signals.serverOld(age) : text.signals.server(age)}
      </span>
    )
  if (status.state === 'connecting')
    return (
      <span className={classes.note} data-testid="signals" data-source="connecting">
        <IconActivity size={14} aria-hidden /> {text.signals.connecting}
      </span>
    )
  return (
    <span className={classes.note} data-testid="signals" data-source="none" title={text.signals.noneLong(why)}>
      <IconEyeOff size={14} aria-hidden /> {why === '' ? text.signals.none : `${text.signals.none}: ${why}`}
    </span>
  )
}
