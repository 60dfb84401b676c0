/**
 * After how long (ms) signals no longer tell what is happening: a steadily observed room is told of several times in it, and a voice that was
 * heard before it may long have stopped. The sync server observes many rooms in turn, so on the wall older signals are nothing unusual.
 */
const SIGNALS_OLD_AFTER = 15_000

/** Whether signals that were seen at `seenAt` (ms, null: never) are too old to be shown as what happens now. */
export function areSignalsOld(seenAt: number | null, now: number): boolean {
  return seenAt !== null && now - seenAt >= SIGNALS_OLD_AFTER
}
