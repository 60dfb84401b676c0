import { Modal } from '@mantine/core'
import type { Measure } from '#shared/domain/measure.ts'
import { text } from '../ui/text.ts'
import { LiftForm } from './LiftForm.tsx'

/** Asks once before a measure is lifted; null: it is closed. It stands beside what opens it, never in it: a popover closes with the first click elsewhere. */
export function LiftDialog({ measure, onClose }: { readonly measure: Measure | null; readonly onClose: () => void }) {
  return (
    <Modal
      opened={measure !== null}
      onClose={onClose}
      title={text.measures.dialog.liftTitle}
      closeButtonProps={{ 'aria-label': text.measures.dialog.close }}
      centered
    >
      {measure === null ? null : <LiftForm measure={measure} onClose={onClose} />}
    </Modal>
  )
}
