import { linkPath, linkSchemes } from '../lib/phone-link.ts'

/** Whether this browser can hand telephone links to a site; it does so only for secure pages. */
export const canTakeLinks = (): boolean => window.isSecureContext && 'registerProtocolHandler' in navigator

/**
 * Asks the browser to open telephone links here; it asks its user in turn, and tells nobody what they said.
 * @returns false when it would not even ask
 */
export function takeLinks(): boolean {
  let asked = false
  for (const scheme of linkSchemes) {
    try {
      navigator.registerProtocolHandler(scheme, `${window.location.origin}${linkPath}`)
      asked = true
    } catch {
      // Some browsers take one of the two schemes only.
      continue
    }
  }
  return asked
}
