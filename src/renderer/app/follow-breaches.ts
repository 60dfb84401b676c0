import { newBreaches } from '../rooms/new-breaches.ts'
import { text } from '../ui/text.ts'
import { announce } from './announcer.ts'
import { useSession } from './session.ts'

/** Announces every room where somebody breaks a measure, when it is told of; what was so before this window knew the rooms is not news. Returns what stops it. */
export function followBreaches(): () => void {
  return useSession.subscribe(({ rooms }, { rooms: before }) => {
    if (rooms === null || before === null || rooms === before) return
    const told = newBreaches(before, rooms).map(({ room, mark }) => text.attention.announced(room, mark.why))
    if (told.length > 0) announce(told.join('. '))
  })
}
