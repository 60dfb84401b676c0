import type { ReactNode } from 'react'
import classes from './Notice.module.css'

/** A state in place of content: what is the matter, why, and what can be done. */
export function Notice(props: {
  readonly title: string
  readonly help: string
  readonly why?: string | null
  readonly tone?: 'calm' | 'bad'
  readonly icon?: ReactNode
  readonly testid?: string
  readonly children?: ReactNode
}) {
  return (
    <section className={classes.notice} data-tone={props.tone ?? 'calm'} data-testid={props.testid}>
      {props.icon === undefined ? null : (
        <div className={classes.icon} aria-hidden>
          {props.icon}
        </div>
      )}
      <h1 className={classes.title}>{props.title}</h1>
      {props.why == null ? null : <p className={classes.why}>{props.why}</p>}
      <p className={classes.help}>{props.help}</p>
      {props.children === undefined ? null : <div className={classes.actions}>{props.children}</div>}
    </section>
  )
}
