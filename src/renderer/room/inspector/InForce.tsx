import { useState } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { LiftDialog } from '../../measures/LiftDialog.tsx'
import { text } from '../../ui/text.ts'
import { MeasureItems } from '../header/MeasureItems.tsx'
import classes from './Inspector.module.css'
import { useMeasuresAbout } from './useMeasuresAbout.ts'

/** What is in force about somebody here. */
export function InForce({ person }: { readonly person: Participant }) {
  const measures = useMeasuresAbout(person)
  const [lifting, setLifting] = useState<Measure | null>(null)
  return (
    <section className={classes.section} aria-label={text.inspector.inForce} data-testid="inspector-measures">
      <h3 className={classes.heading}>{text.inspector.inForce}</h3>
      {measures.length === 0 ? (
        <p className={classes.quiet}>{text.inspector.nothingInForce}</p>
      ) : (
        <MeasureItems measures={measures} onLift={setLifting} />
      )}
      <LiftDialog measure={lifting} onClose={() => setLifting(null)} />
    </section>
  )
}
