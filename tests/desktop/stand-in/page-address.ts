/**
 * Chromium knows no scheme of ours without Electron, so `usher-app://app/x` is the page `http://app.usher-app.localhost/x`: a secure
 * context with an origin of its own too.
 */
export function toPageAddress(address: string): string {
  return address.replace(/^(usher-app):\/\/([^/]+)/, 'http://$2.$1.localhost')
}

/** The address that Electron would tell for one of Chromium's. */
export function toAppAddress(address: string): string {
  return address.replace(/^http:\/\/([^/]+)\.(usher-app)\.localhost/, '$2://$1')
}
