import { Modal } from '@mantine/core'
import { text } from '../../ui/text.ts'
import { DeedForm } from './DeedForm.tsx'
import { closeDialog, useAsked } from './deeds-store.ts'

/** Asks once before a deed: whom it means, what it will do, and why it is done. */
export function DeedDialog() {
  const asked = useAsked((state) => state.asked)
  return (
    <Modal
      opened={asked !== null}
      onClose={closeDialog}
      title={asked === null ? '' : text.dialog.title[asked.deed]}
      closeButtonProps={{ 'aria-label': text.dialog.close }}
      centered
    >
      {asked === null ? null : <DeedForm asked={asked} />}
    </Modal>
  )
}
