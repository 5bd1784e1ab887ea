import type { AriChannel } from '../ari/events.ts'
import type { Caller } from '../call/types.ts'

/** Reads a telephone number as people and carriers write it; null when it is none. */
export type Normalise = (
  raw: string,
  country: string
) => { e164: string; country: string | null; region: string | null } | null

/** `PJSIP/trunk-…-0000001a` → `trunk-…`. */
export function endpointOf(channelName: string): string {
  return channelName.replace(/^PJSIP\//, '').replace(/-[0-9a-f]{8}$/, '')
}

/** Who calls, as the channel tells it. */
export function callerOf(channel: AriChannel, country: string, normalise: Normalise): Caller {
  const phone = normalise(channel.callerNumber, country)
  const isHidden = /^(anonymous|unknown|restricted|unavailable|private)?$/i.test(channel.callerNumber)
  // An alphanumeric sender is no number, but people must see what it was.
  const name = channel.callerName || (phone || isHidden ? '' : channel.callerNumber)
  return {
    number: phone?.e164 ?? null,
    // Asterisk leaves the signs in by which SIP puts a quote into a name.
    name: cleanText(name.replace(/\\(["\\])/g, '$1')),
    country: phone?.country ?? null,
    region: phone?.region ?? null
  }
}

/**
 * Text from a stranger: control characters out, 128 characters at most, and no half of a letter at its end: PostgreSQL's
 * jsonb refuses a NUL and a half.
 */
export function cleanText(text: string): string | null {
  const clean = text
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .trim()
    .slice(0, 128)
    .replace(/\p{Surrogate}/gu, '')
  return clean === '' ? null : clean
}

/** Our own numbers are dialled again and again; reading one takes longer than the rest of an arrival. */
export function dialedNumbers(normalise: Normalise): (raw: string, country: string) => string | null {
  const known = new Map<string, string | null>()
  return (raw, country) => {
    const key = `${country} ${raw}`
    let number = known.get(key)
    if (number === undefined) {
      number = normalise(raw, country)?.e164 ?? null
      // Strangers may dial anything: what is kept has an end.
      if (known.size >= 1000) known.clear()
      known.set(key, number)
    }
    return number
  }
}
