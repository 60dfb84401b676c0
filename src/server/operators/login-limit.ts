import { isIPv6 } from 'node:net'

const WINDOW_MS = 60_000
const MOST_FAILED = 10
/** Addresses remembered at once; of more, those that failed longest ago are forgotten. */
const MOST_ADDRESSES = 10_000

/** Slows down who guesses tokens: ten failed logins a minute for each address, then none is looked at until the first of them is a minute old. */
export type LoginLimit = {
  /** How many seconds this address has to wait before its next login is looked at; 0 when it needn't. */
  readonly secondsToWait: (address: string) => number
  readonly failed: (address: string) => void
}

/** `now`: ms of a clock that never goes back. */
export function createLoginLimit(now: () => number, mostAddresses: number = MOST_ADDRESSES): LoginLimit {
  /** The times of the last failures, oldest first; the address that failed last is the last of the map. */
  const failures = new Map<string, readonly number[]>()

  function recent(key: string): readonly number[] {
    const since = now() - WINDOW_MS
    return (failures.get(key) ?? []).filter((at) => at > since)
  }

  return {
    secondsToWait(address) {
      const times = recent(sourceOf(address))
      const [oldest] = times
      if (oldest === undefined || times.length < MOST_FAILED) return 0
      return Math.max(1, Math.ceil((oldest + WINDOW_MS - now()) / 1000))
    },
    failed(address) {
      const key = sourceOf(address)
      const times = [...recent(key), now()].slice(-MOST_FAILED)
      failures.delete(key)
      failures.set(key, times)
      const [first] = failures.keys()
      if (failures.size > mostAddresses && first !== undefined) failures.delete(first)
    },
  }
}

/** A longer text is no address, and would only fill the memory. */
const LONGEST = 64

/**
 * Whom an address belongs to: an IPv4 address to one, of an IPv6 address the first 64 bits, since whoever has one has all that share them. The
 * same address has many spellings, and some proxies add the port, which is another one each time.
 */
function sourceOf(address: string): string {
  const bare = address.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1')
  const ip = bare.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!isIPv6(ip)) return ip.slice(0, LONGEST)
  const groups = groupsOf(ip)
  const [high = 0, low = 0] = groups.slice(6)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  return [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16))
}
