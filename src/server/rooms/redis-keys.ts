/**
 * The one place where Redis keys are spelled (S3.1). A room's name is always the last part, so no name can be mistaken for another key.
 * `rooms:participants:` and `rooms:states:` are also read by other services of a deployment (S1.5).
 */
export const redisKeys = {
  /** zset: live room -> last update, ms */
  index: 'rooms:index',
  /** set: identities online */
  participants: (room: string) => `rooms:participants:${room}`,
  /** hash: revision, state, and one field per participant */
  state: (room: string) => `rooms:states:${room}`,
  /** stream: the log */
  events: 'rooms:events',
  /** string: names this Redis's life */
  epoch: 'rooms:epoch',
  /** string: no room's revision is above it */
  revision: 'rooms:revision',
  /** hash that expires: what is remembered beside a room and after its end */
  ended: (room: string) => `rooms:ended:${room}`,
  /** string that expires: written to see whether writing works */
  probe: 'rooms:probe',
} as const
