import { describe, expect, it } from 'vitest'
import { createAddressOf } from './address-of.ts'

describe('createAddressOf', () => {
  const handshake = { address: '10.0.0.1', headers: { 'x-forwarded-for': '192.0.2.7, 10.0.0.9' } }

  it('takes a proxy’s word where that is trusted, and only there; not what the client had written before it', () => {
    expect(createAddressOf({ trustProxy: true })(handshake)).toBe('10.0.0.9')
    expect(createAddressOf({ trustProxy: true })({ address: '10.0.0.1', headers: { 'x-forwarded-for': '192.0.2.7' } })).toBe('192.0.2.7')
    expect(createAddressOf({ trustProxy: false })(handshake)).toBe('10.0.0.1')
    expect(createAddressOf({ trustProxy: true })({ address: '10.0.0.1', headers: {} })).toBe('10.0.0.1')
  })
})
