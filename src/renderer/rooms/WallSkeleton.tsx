import { Skeleton } from '@mantine/core'
import type { RoomView } from '../app/preferences-schema.ts'
import { text } from '../ui/text.ts'
import classes from './WallSkeleton.module.css'

const rooms = Array.from({ length: 12 }, (_, index) => index)

/** What comes, before it is known. */
export function WallSkeleton({ view }: { readonly view: RoomView }) {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.wall.loading} data-testid="wall-skeleton" data-view={view}>
      {rooms.map((room) => (view === 'tiles' ? <Tile key={room} room={room} /> : <Row key={room} room={room} />))}
    </div>
  )
}

function Tile({ room }: { readonly room: number }) {
  return (
    <div className={classes.tile}>
      <Skeleton height={12} width={`${45 + ((room * 17) % 40)}%`} />
      <Skeleton height={18} width="28%" />
      <Skeleton height={20} circle />
      <Skeleton height={9} width="70%" mt="auto" />
    </div>
  )
}

function Row({ room }: { readonly room: number }) {
  return (
    <div className={classes.row}>
      <Skeleton height={12} width={`${10 + ((room * 17) % 12)}%`} />
      <Skeleton height={12} width="6%" />
      <Skeleton height={20} circle />
      <Skeleton height={9} width="18%" />
    </div>
  )
}
