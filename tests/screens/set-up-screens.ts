import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { FakeHost } from './fake-host.ts'
import { openScreens, type Opened, type OpenOptions, type Screens } from './screens.ts'

/** Opens pages for the tests of a file, in one browser; a test fails when its page has reported an error. */
export function setUpScreens(): (host: FakeHost, options?: OpenOptions) => Promise<Page> {
  let screens: Screens
  let opened: Opened | null = null
  beforeAll(async () => {
    screens = await openScreens()
  })
  afterEach(async () => {
    const errors = opened?.errors ?? []
    await opened?.close()
    opened = null
    expect(errors).toEqual([])
  })
  afterAll(() => screens.close())
  return async (host, options) => {
    opened = await screens.open(host, options)
    return opened.page
  }
}
