import { Skeleton } from '@mantine/core'
import { text } from '../ui/text.ts'
import classes from './Wall.module.css'

const tiles = Array.from({ length: 12 }, (_, index) => index)

/** What comes, before it is known. */
export function WallSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.wall.loading} data-testid="wall-skeleton">
      {tiles.map((tile) => (
        <div key={tile} className={classes.skeletonTile}>
          <Skeleton height={12} width={`${45 + ((tile * 17) % 40)}%`} />
          <Skeleton height={18} width="28%" />
          <Skeleton height={20} circle />
          <Skeleton height={9} width="70%" mt="auto" />
        </div>
      ))}
    </div>
  )
}
