/** Keeps the way of the sound alive: the network may change under a talk (WLAN to cable, a VPN that comes up). */

/** A way that is gone for a moment mostly comes back by itself. */
const patienceMs = 1500
/** While it is gone, a new one is asked for this often. */
const againMs = 3000

/**
 * Watches a connection and asks for a new way by an ICE restart (RFC 8445 section 2.4) while it has none.
 * @param restart asks once; false when that is not possible just now (no connection to the server, say)
 * @param onChange the way was lost, or is there again
 * @returns ends the watch
 */
export function keepPath(
  connection: RTCPeerConnection,
  restart: () => boolean,
  onChange: (isLost: boolean) => void
): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let isLost = false
  const stop = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
  }
  const tryAgain = (): void => {
    restart()
    timer = setTimeout(tryAgain, againMs)
  }
  const look = (): void => {
    const state = connection.iceConnectionState
    const isGone = state === 'disconnected' || state === 'failed'
    if (isGone && timer === null) timer = setTimeout(tryAgain, state === 'failed' ? 0 : patienceMs)
    if (state === 'connected' || state === 'completed' || state === 'closed') stop()
    if (isGone !== isLost && state !== 'closed' && state !== 'checking') {
      isLost = isGone
      onChange(isLost)
    }
  }
  /** The machine has another network: its old addresses may be gone without a sign. */
  const networkChanged = (): void => {
    if (connection.iceConnectionState !== 'closed') restart()
  }
  connection.addEventListener('iceconnectionstatechange', look)
  window.addEventListener('online', networkChanged)
  return () => {
    stop()
    connection.removeEventListener('iceconnectionstatechange', look)
    window.removeEventListener('online', networkChanged)
  }
}
