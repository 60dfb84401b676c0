import { Modal, UnstyledButton } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { may } from '#shared/domain/operator.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { InviteForm } from './InviteForm.tsx'
import classes from '../RoomPage.module.css'

/** Opens the dialog to invite people to a room, for who may; the room need not be live. */
export function InviteLink({ room }: { readonly room: string }) {
  const isAllowed = useSession((state) => state.operator !== null && may(state.operator, 'invite'))
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  if (!isAllowed) return null
  return (
    <>
      <UnstyledButton className={classes.invite} onClick={() => setOpen(true)} data-testid="invite">
        <IconUserPlus size={14} stroke={1.7} aria-hidden />
        {text.invite.open}
      </UnstyledButton>
      <Modal
        opened={isOpen}
        onClose={close}
        title={text.invite.title(room)}
        closeButtonProps={{ 'aria-label': text.dialog.close }}
        centered
      >
        <InviteForm room={room} onClose={close} />
      </Modal>
    </>
  )
}
