import { Modal } from '@mantine/core'
import type { Measure } from '#shared/domain/measure.ts'
import type { Reading } from '../app/useReading.ts'
import { text } from '../ui/text.ts'
import { ChangeForm } from './ChangeForm.tsx'
import { LiftForm } from './LiftForm.tsx'
import type { Asking } from './MeasureRow.tsx'

/** Asks once before a measure is changed or lifted. `newest`: what is in force, for when somebody else was faster. */
export function MeasureDialog(props: {
  readonly asked: { readonly asking: Asking; readonly measure: Measure } | null
  readonly newest: Reading<readonly Measure[]>
  readonly onClose: () => void
}) {
  const { asked, newest, onClose } = props
  return (
    <Modal
      opened={asked !== null}
      onClose={onClose}
      title={asked?.asking === 'lift' ? text.measures.dialog.liftTitle : text.measures.dialog.title}
      closeButtonProps={{ 'aria-label': text.measures.dialog.close }}
      centered
    >
      {asked?.asking === 'change' ? <ChangeForm measure={asked.measure} newest={newest} onClose={onClose} /> : null}
      {asked?.asking === 'lift' ? <LiftForm measure={asked.measure} onClose={onClose} /> : null}
    </Modal>
  )
}
