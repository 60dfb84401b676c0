import type { ReactNode } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import { text } from '../ui/text.ts'
import { describeEverybody, describeKind } from './measure-view.ts'
import classes from './MeasuresPage.module.css'

/** Which measure a dialog is about; more facts may follow, as `dt` and `dd`. */
export function MeasureFacts({ measure, children }: { readonly measure: Measure; readonly children?: ReactNode }) {
  const { columns } = text.measures
  return (
    <dl className={classes.facts}>
      <dt>{columns.what}</dt>
      <dd>{describeKind(measure)}</dd>
      <dt>{columns.whom}</dt>
      <dd dir="auto">{measure.identity ?? describeEverybody(measure)}</dd>
      <dt>{columns.where}</dt>
      <dd dir="auto">{measure.room ?? text.measures.everywhere}</dd>
      {children}
    </dl>
  )
}
