/** The app's own protocol: the page has an origin of its own, and nothing else of the disk can be reached by it. */
export const APP_SCHEME = 'usher-app'
export const APP_ORIGIN = `${APP_SCHEME}://app`

/** Whether an address is a place in the app itself. */
export function isAppAddress(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(`${APP_ORIGIN}/`)
}
