import { Button, Loader } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import { formatMoment } from '../ui/format.ts'
import { Report } from '../ui/Report.tsx'
import { text } from '../ui/text.ts'
import { newestChange } from './change-until.ts'
import { describeUntil } from './measure-view.ts'
import classes from './MeasuresPage.module.css'

const { dialog } = text.measures

type OutrunProps = {
  readonly theirs: Measure | 'gone' | null
  /** Why what they made of it could not be read; null: it is read, or on its way. */
  readonly unread: string | null
  readonly onReadAgain: () => void
  readonly wanted: number | null
  readonly why: string
  readonly onGoOn: (theirs: Measure) => void
  readonly onLeave: () => void
}

/** Another operator was faster: both versions, and whose it is to be. */
export function Outrun({ theirs, unread, wanted, why, onReadAgain, onGoOn, onLeave }: OutrunProps) {
  const leave = useRef<HTMLButtonElement>(null)
  // The button that was pressed is gone with its form.
  useEffect(() => leave.current?.focus(), [])
  return (
    <div className={classes.form} data-testid="outrun">
      <Report ok={false} message={`${dialog.conflictTitle}: ${why}`} />
      {theirs === 'gone' ? <p className={classes.consequence}>{dialog.gone}</p> : null}
      {theirs === null && unread === null ? <Loader size="sm" /> : null}
      {theirs === null && unread !== null ? <Report ok={false} message={dialog.theirsUnread(unread)} /> : null}
      {theirs === null || theirs === 'gone' ? null : <BothVersions theirs={theirs} wanted={wanted} />}
      <div className={classes.buttonLine}>
        <Button ref={leave} variant="default" onClick={onLeave} data-testid="outrun-leave">
          {theirs === 'gone' ? dialog.close : dialog.keepTheirs}
        </Button>
        {theirs === null && unread !== null ? <Button onClick={onReadAgain}>{text.measures.retry}</Button> : null}
        {theirs === null || theirs === 'gone' ? null : (
          <Button onClick={() => onGoOn(theirs)} data-testid="outrun-go-on">
            {dialog.goOn}
          </Button>
        )}
      </div>
    </div>
  )
}

function BothVersions({ theirs, wanted }: { readonly theirs: Measure; readonly wanted: number | null }) {
  const { by, at, reason } = newestChange(theirs)
  return (
    <dl className={classes.facts}>
      <dt>
        <bdi>{dialog.theirs(by)}</bdi>
      </dt>
      <dd data-testid="outrun-theirs">
        {text.measures.versionUntil(describeUntil(theirs.until))} · {formatMoment(at)} · <q dir="auto">{reason}</q>
      </dd>
      <dt>{dialog.yours}</dt>
      <dd data-testid="outrun-yours">{text.measures.versionUntil(describeUntil(wanted))}</dd>
    </dl>
  )
}
