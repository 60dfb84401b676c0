import { Tooltip } from '@mantine/core'
import { useSession } from '../app/session.ts'
import { MarkList } from './MarkList.tsx'
import classes from './MarkList.module.css'

/** The marks of the tile or row that the keyboard has come to, in full: a pointer has them on the hover. */
export function FocusedMarks({ room, target }: { readonly room: string; readonly target: HTMLElement }) {
  const marks = useSession((state) => state.rooms?.get(room)?.attention)
  if (marks === undefined || marks.length === 0) return null
  return (
    <Tooltip
      opened
      target={target}
      position="bottom-start"
      multiline
      maw={520}
      classNames={{ tooltip: classes.tip }}
      data-testid="focused-marks"
      label={<MarkList marks={marks} />}
    />
  )
}
