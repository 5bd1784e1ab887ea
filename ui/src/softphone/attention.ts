/** Ways to reach an operator who looks at another window. */

/** Flashes the window's title until the returned function is called. */
export function flashTitle(text: string): () => void {
  const before = document.title
  let isOn = true
  document.title = text
  const timer = setInterval(() => {
    isOn = !isOn
    document.title = isOn ? text : before
  }, 900)
  return () => {
    clearInterval(timer)
    document.title = before
  }
}

export type NotificationState = 'unsupported' | 'ask' | 'on' | 'off'

export function notificationState(): NotificationState {
  if (!('Notification' in window)) return 'unsupported'
  if (Notification.permission === 'granted') return 'on'
  return Notification.permission === 'denied' ? 'off' : 'ask'
}

/** Must be called from a gesture: browsers ignore the question otherwise. */
export async function askForNotifications(): Promise<NotificationState> {
  if ('Notification' in window) await Notification.requestPermission()
  return notificationState()
}

/** Shows a desktop notification when our window is not in front; the returned function takes it away. */
export function notifyCall(title: string, body: string, tag: string): () => void {
  if (notificationState() !== 'on' || (document.visibilityState === 'visible' && document.hasFocus())) {
    return () => undefined
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
