import { Modal } from '@mantine/core'
import type { Measure } from '#shared/domain/measure.ts'
import type { Reading } from '../app/useReading.ts'
import { text } from '../ui/text.ts'
import { ChangeForm } from './ChangeForm.tsx'

/** Asks until when a measure is to hold; null: it is closed. `newest`: what is in force, for when somebody else was faster. */
export function ChangeDialog(props: {
  readonly measure: Measure | null
  readonly newest: Reading<readonly Measure[]>
  readonly onClose: () => void
}) {
  const { measure, newest, onClose } = props
  return (
    <Modal
      opened={measure !== null}
      onClose={onClose}
      title={text.measures.dialog.title}
      closeButtonProps={{ 'aria-label': text.measures.dialog.close }}
      centered
    >
      {measure === null ? null : <ChangeForm measure={measure} newest={newest} onClose={onClose} />}
    </Modal>
  )
}
