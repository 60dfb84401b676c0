import { describe, expect, it } from 'vitest'
import { createLoginLimit } from './login-limit.ts'

describe('createLoginLimit', () => {
  function limited(mostAddresses?: number) {
    const clock = { now: 1_000_000 }
    const limit = createLoginLimit(() => clock.now, mostAddresses)
    return { clock, limit, fail: (address: string, times: number) => Array.from({ length: times }, () => limit.failed(address)) }
  }

  it('lets nine failures pass, and makes the tenth wait for the rest of the minute', () => {
    const { clock, limit, fail } = limited()
    fail('10.0.0.1', 1)
    clock.now += 20_000
    fail('10.0.0.1', 8)
    expect(limit.secondsToWait('10.0.0.1')).toBe(0)
    fail('10.0.0.1', 1)
    expect(limit.secondsToWait('10.0.0.1')).toBe(40)
    clock.now += 39_999
    expect(limit.secondsToWait('10.0.0.1')).toBe(1)
    clock.now += 1
    expect(limit.secondsToWait('10.0.0.1')).toBe(0)
  })

  it('lets no burst of twenty slip through where two minutes meet', () => {
    const { clock, limit, fail } = limited()
    fail('10.0.0.1', 1)
    clock.now += 59_000
    fail('10.0.0.1', 9)
    clock.now += 1000
    expect(limit.secondsToWait('10.0.0.1')).toBe(0)
    fail('10.0.0.1', 1)
    expect(limit.secondsToWait('10.0.0.1')).toBe(59)
  })

  it('tells addresses apart, but takes an IPv6 network for one, and an IPv4 address in both spellings', () => {
    const { limit, fail } = limited()
    fail('2001:db8:1:2::1', 5)
    fail('2001:DB8:1:2:ffff:1:2:3', 5)
    fail('::ffff:10.0.0.1', 10)
    fail('::1', 10)
    fail('2001:0db8:0000:0001::1', 10)
    const waits = [
      '2001:db8:1:2:3::',
      '2001:db8:1:3::1',
      '10.0.0.1',
      '10.0.0.2',
      '::1',
      '1::',
      '2001:db8:0:1::2',
      '::ffff:a00:1',
      '::ffff:a00:2',
    ].map((address) => limit.secondsToWait(address) > 0)
    expect(waits).toEqual([true, false, true, false, true, false, true, true, false])
  })

  it('goes by the address, whatever port a proxy writes beside it', () => {
    const { limit, fail } = limited()
    for (let port = 0; port < 10; port += 1) {
      fail(`10.0.0.1:${port}`, 1)
      fail(`[2001:db8::1]:${port}`, 1)
    }
    const waits = ['10.0.0.1', '10.0.0.1:99', '2001:db8::2', '10.0.0.2:1'].map((address) => limit.secondsToWait(address) > 0)
    expect(waits).toEqual([true, true, true, false])
  })

  it('remembers no more addresses than it may, those that failed last', () => {
    const { limit, fail } = limited(2)
    fail('10.0.0.1', 10)
    fail('10.0.0.2', 10)
    fail('10.0.0.1', 1)
    fail('10.0.0.3', 1)
    expect(['10.0.0.1', '10.0.0.2'].map((address) => limit.secondsToWait(address) > 0)).toEqual([true, false])
  })
})
