import { text } from './text.ts'

/** The mark: a ring of seats, one of them lit. */
export function Brand() {
  return (
    <svg width="26" height="26" viewBox="0 0 26 26" role="img" aria-label={text.product}>
      <g fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round">
        <path d="M6 5v8a7 7 0 0 0 14 0V5" />
      </g>
      <circle cx="13" cy="11" r="2.6" fill="var(--usher-speaking)" />
    </svg>
  )
}
