import { text } from '../../ui/text.ts'

/** A threshold of whole seconds in the largest unit that says it without a rest: `90 s`, `10 min`, `24 h`. */
export function formatThreshold(seconds: number): { readonly words: string; readonly inSeconds: boolean } {
  if (seconds % 3600 === 0 && seconds > 0) return { words: text.rules.hours(seconds / 3600), inSeconds: false }
  if (seconds % 60 === 0 && seconds > 0) return { words: text.rules.minutes(seconds / 60), inSeconds: false }
  return { words: text.rules.seconds(seconds), inSeconds: true }
}
