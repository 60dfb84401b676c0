import { formatMoment, formatUtc } from './format.ts'

/** A local day and time; UTC on hover. */
export function Moment({ at, className }: { readonly at: number; readonly className?: string | undefined }) {
  return (
    <time className={className} dateTime={new Date(at).toISOString()} title={formatUtc(at)}>
      {formatMoment(at)}
    </time>
  )
}
