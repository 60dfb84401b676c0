import { lazy, Suspense } from 'react'
import { text } from '../../ui/text.ts'
import classes from './Inspector.module.css'

/** Read only when somebody's details are opened. */
const PersonRecords = lazy(async () => ({ default: (await import('../../people/PersonRecords.tsx')).PersonRecords }))

/** What is on record of somebody. */
export function Records({ identity }: { readonly identity: string }) {
  return (
    <div className={classes.section}>
      <Suspense fallback={<p className={classes.quiet}>{text.inspector.loadingRecords}</p>}>
        <PersonRecords identity={identity} />
      </Suspense>
    </div>
  )
}
