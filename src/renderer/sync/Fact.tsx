import type { ReactNode } from 'react'
import classes from './SyncPage.module.css'

/** One fact of a `dl`: its name, and what is known of it. */
export function Fact(props: { readonly name: string; readonly tone?: 'warn' | undefined; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{props.name}</dt>
      <dd data-tone={props.tone}>{props.children}</dd>
    </div>
  )
}
