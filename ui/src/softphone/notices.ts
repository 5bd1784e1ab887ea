export type NotificationState = 'unsupported' | 'ask' | 'on' | 'off'

export function notificationState(): NotificationState {
  if (!('Notification' in window)) return 'unsupported'
  if (Notification.permission === 'granted') return 'on'
  return Notification.permission === 'denied' ? 'off' : 'ask'
}

/** Must be called from a gesture: browsers ignore the question otherwise. */
export async function askForNotifications(): Promise<NotificationState> {
  if ('Notification' in window) await Notification.requestPermission()
  prepareNotices()
  return notificationState()
}

/** What a notification of a ringing call says. */
export interface CallNotice {
  callId: string
  title: string
  body: string
  /** Words of its buttons; null where the call is not answered in this tab. */
  buttons: { answer: string; decline: string } | null
}
export type NoticeAction = 'answer' | 'decline'

/** The active worker of `public/call-notices.js`; null while (or where) there is none. */
let worker: ServiceWorker | null = null
let asked = false

/** Brings the worker that can show buttons. Without one, notifications have none. */
export function prepareNotices(): void {
  if (asked || notificationState() !== 'on' || !('serviceWorker' in navigator)) return
  asked = true
  const bring = async (): Promise<void> => {
    await navigator.serviceWorker.register('/call-notices.js', { updateViaCache: 'none' })
    const { active } = await navigator.serviceWorker.ready
    worker = active
    worker?.postMessage({ do: 'tidy' })
  }
  // Private windows may refuse workers: plain notifications are left.
  bring().catch(() => undefined)
}

/** Calls the listener when somebody presses a button of a notification. */
export function onNoticeAction(listener: (callId: string, action: NoticeAction) => void): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined
  const hear = ({ data }: MessageEvent<{ do?: unknown; callId?: unknown }>): void => {
    const { do: action, callId } = data
    if ((action === 'answer' || action === 'decline') && typeof callId === 'string') listener(callId, action)
  }
  navigator.serviceWorker.addEventListener('message', hear)
  return () => navigator.serviceWorker.removeEventListener('message', hear)
}

const isAway = (): boolean => document.visibilityState !== 'visible' || !document.hasFocus()

/** A notification that is there as long as the call rings and our window is not in front. */
export interface StandingNotice {
  /** Says something else now: what is known of a client comes a moment after the call. */
  say(notice: CallNotice): void
  end(): void
}

export function standNotice(): StandingNotice {
  let notice: CallNotice | null = null
  let hide: (() => void) | null = null
  const look = (): void => {
    if (notice && isAway()) hide = show(notice)
    else {
      hide?.()
      hide = null
    }
  }
  window.addEventListener('blur', look)
  window.addEventListener('focus', look)
  window.addEventListener('pagehide', end)
  document.addEventListener('visibilitychange', look)
  function end(): void {
    window.removeEventListener('blur', look)
    window.removeEventListener('focus', look)
    window.removeEventListener('pagehide', end)
    document.removeEventListener('visibilitychange', look)
    notice = null
    look()
  }
  return {
    say(next) {
      notice = next
      look()
    },
    end
  }
}

/** @returns what takes it away */
function show({ callId, title, body, buttons }: CallNotice): () => void {
  if (notificationState() !== 'on') return () => undefined
  const tag = `ringtrace-${callId}`
  const shower = worker
  if (shower) {
    const actions = Object.entries(buttons ?? {}).map(([action, words]) => ({ action, title: words }))
    shower.postMessage({ do: 'show', callId, title, body, tag, actions })
    return () => shower.postMessage({ do: 'hide', tag })
  }
  try {
    const shown = new Notification(title, { body, tag, requireInteraction: true, icon: '/mark.svg' })
    shown.onclick = () => {
      window.focus()
      shown.close()
    }
    return () => shown.close()
  } catch {
    // Mobile browsers have the class but forbid its constructor.
    return () => undefined
  }
}
