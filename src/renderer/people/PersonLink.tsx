import { personPath } from '../app/routes.ts'
import classes from '../ui/Link.module.css'

/** Leads to somebody's page. The name is shown set apart, whatever it is written in. */
export function PersonLink(props: { readonly identity: string; readonly name?: string; readonly className?: string | undefined }) {
  const { identity, name = '' } = props
  const shown = name.trim() === '' ? identity : name
  return (
    <a className={`${classes.link} ${props.className ?? ''}`} href={`#${personPath(identity)}`} title={identity}>
      <bdi>{shown}</bdi>
    </a>
  )
}
