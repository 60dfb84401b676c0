import type { Measure } from '#shared/domain/measure.ts'
import { Moment } from '../ui/Moment.tsx'
import { text } from '../ui/text.ts'
import { describeUntil } from './measure-view.ts'
import classes from './MeasureList.module.css'

/** Who made a measure what it is: its versions, newest first, and who ended it. */
export function Versions({ measure }: { readonly measure: Measure }) {
  const versions = measure.changes ?? [measure]
  return (
    <div className={classes.versions} data-testid="versions">
      <ol className={classes.versionList} aria-label={text.measures.history(versions.length)}>
        {measure.liftedAt === undefined ? null : (
          <li className={classes.version}>
            <Moment at={measure.liftedAt} />
            <bdi>{text.measures.liftedBy(measure.liftedBy ?? '')}</bdi>
          </li>
        )}
        {versions.toReversed().map((version) => (
          <li key={version.revision} className={classes.version}>
            <Moment at={version.at} />
            <bdi>{version.by}</bdi>
            <span>{text.measures.versionUntil(describeUntil(version.until))}</span>
            <q className={classes.versionReason} dir="auto">
              {version.reason}
            </q>
          </li>
        ))}
      </ol>
    </div>
  )
}
