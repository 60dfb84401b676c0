import { PersonRecords } from '../../people/PersonRecords.tsx'
import classes from './Inspector.module.css'

/** What is on record of somebody. */
export function Records({ identity }: { readonly identity: string }) {
  return (
    <div className={classes.section}>
      <PersonRecords identity={identity} />
    </div>
  )
}
