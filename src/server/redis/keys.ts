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
  /** pub/sub: the log's entries as they are written */
  log: 'rooms:log',
  /** pub/sub: messages between instances */
  bus: 'rooms:bus',
  /** string that expires: which instance sweeps */
  sweepLease: 'lease:sweep',
  /** string that expires: which instance observes the room */
  observeLease: (room: string) => `lease:observe:${room}`,
  /** string that expires: who changes somebody's permissions just now, by a hash of room and identity */
  personLease: (hash: string) => `lease:person:${hash}`,
  /** pub/sub: who speaks where, and how the connections fare */
  presence: 'rooms:presence',
  /** string: there while an operator has stopped the sweeps */
  sweepStopped: 'sync:stopped',
  /** string that expires: the SQLite database that the one instance works with */
  databaseLease: 'lease:database',
  /** zset that expires: when a user was given tokens, ms */
  tokenRate: (user: string) => `rate:token:${user}`,
  /** hash that expires: commands and bytes of a day (UTC, `2026-01-31`) */
  budgetOfDay: (day: string) => `budget:${day}`,
  /** hash that expires: bytes of a month (`2026-01`) */
  budgetOfMonth: (month: string) => `budget:${month}`,
  /** string that expires: whom an event-stream ticket belongs to, by the ticket's hash */
  ticket: (hash: string) => `ticket:${hash}`,
  /** zset: who waits for a partner, by when */
  matchQueue: 'matching:queue',
  /** hash: active matches by their room, as JSON `{room, usernames, since}` */
  matchActive: 'matching:active',
  /** hash: everybody who waits or is matched, as JSON, with the instances that have their connections */
  matchPeople: 'matching:people',
  /** zset: the same people, by when they count as gone, ms */
  matchLeases: 'matching:leases',
  /** string that expires: somebody's partner left */
  leftBehind: (username: string) => `left_behind:${username}`,
} as const
