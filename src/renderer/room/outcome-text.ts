import type { Action, PendingAction } from '#shared/domain/action.ts'
import { text } from '../ui/text.ts'

/** What an action is doing, has done, or failed at, in a word or two. */
export function outcomeText(entry: PendingAction): string {
  const { action, outcome } = entry
  if (isStopVideo(action)) {
    if (outcome.state === 'pending') return text.actions.stoppingVideo
    return outcome.state === 'done' ? text.actions.stoppedVideo : text.actions.stopVideoFailed
  }
  return text.actions[outcome.state][action.type]
}

/** Stopping a video is a mute of the camera alone. */
function isStopVideo(action: Action): boolean {
  return action.type === 'mute' && action.sources.every((source) => source === 'camera')
}
