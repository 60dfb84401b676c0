import type { ConnectionQuality } from '#shared/domain/presence.ts'
import { useTimeText } from '../../app/clock.ts'
import { formatSpan } from '../../ui/format.ts'
import { text } from '../../ui/text.ts'
import classes from './Inspector.module.css'
import { stripOf, talkedFor, type Seen, type Strip } from './seen-history.ts'
import { useSeen } from './seen-store.ts'

const words = text.inspector
/** How high a part of the strip is, of 24: so that colour is not the only sign. */
const heights: Record<ConnectionQuality, number> = { excellent: 24, good: 18, poor: 10, lost: 4, unknown: 0 }

/** How somebody's connection was and how long they spoke, as far as this window saw it. */
export function SeenHere({ identity }: { readonly identity: string }) {
  const seen = useSeen((state) => state.history.get(identity))
  const since = useSeen((state) => state.since)
  const span = useTimeText((now) => formatSpan(now - since))
  return (
    <section className={classes.section} aria-label={words.seen}>
      <h3 className={classes.heading}>{words.seen}</h3>
      {seen === undefined ? <p className={classes.quiet}>{words.seenNothing}</p> : <Shown seen={seen} since={since} span={span} />}
    </section>
  )
}

function Shown({ seen, since, span }: { readonly seen: Seen; readonly since: number; readonly span: string }) {
  const talked = useTimeText((now) => {
    const ms = talkedFor(seen, now)
    return ms === 0 ? words.talkedNot : words.talked(formatSpan(ms))
  })
  // The strip moves with the clock, a fifth of a minute at a time.
  const tick = Number(useTimeText((now) => String(Math.ceil(now / 12_000) * 12_000)))
  const strip = stripOf(seen, since, tick)
  return (
    <>
      <p className={classes.talk}>
        {talked} {words.seenFor(span)}
      </p>
      <svg className={classes.strip} viewBox="0 0 600 24" preserveAspectRatio="none" role="img" aria-label={describe(strip)}>
        {strip.map((part) =>
          part.quality === null ? null : (
            <rect
              key={part.start}
              data-quality={part.quality}
              x={part.start * 600}
              y={24 - heights[part.quality]}
              width={Math.max(1, part.share * 600)}
              height={heights[part.quality]}
            />
          ),
        )}
      </svg>
      <p className={classes.quiet}>{describe(strip)}</p>
    </>
  )
}

/** The strip in words: how much of the time each quality was seen. */
function describe(strip: Strip): string {
  const shares = new Map<ConnectionQuality, number>()
  for (const { quality, share } of strip) if (quality !== null) shares.set(quality, (shares.get(quality) ?? 0) + share)
  const told = [...shares].map(([quality, share]) => `${text.quality.name[quality]} ${Math.round(share * 100)} %`)
  return told.length === 0 ? text.quality.notYet : `${words.qualityStrip}: ${told.join(', ')}`
}
