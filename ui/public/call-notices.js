/*
 * Shows ringing calls over other windows: only the notifications of a worker can have buttons. It keeps nothing, and no
 * request of a page goes through it. `src/softphone/notices.ts` is the other side.
 */
'use strict'

// The new version shall show the next call, not the one after the last tab was closed.
self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()))

// One after the other: a call that is taken while its notification is still being shown shall not leave it behind.
let work = Promise.resolve()

self.addEventListener('message', (event) => {
  work = work
    .then(() => handle(event.data, event.source.id))
    // Without the permission nothing is shown; the tab itself rings, and the next call shall not wait behind this one.
    .catch(() => undefined)
  event.waitUntil(work)
})

async function handle(wish, client) {
  if (wish.do === 'show') {
    const { title, body, tag, callId, actions } = wish
    const options = {
      body,
      tag,
      actions,
      requireInteraction: true,
      icon: '/mark.svg',
      data: { callId, client }
    }
    await self.registration.showNotification(title, options)
  }
  if (wish.do === 'hide') {
    for (const shown of await self.registration.getNotifications({ tag: wish.tag })) shown.close()
  }
  if (wish.do === 'tidy') {
    // Left behind by a tab that is no more.
    for (const shown of await self.registration.getNotifications()) {
      if (!(await self.clients.get(shown.data.client))) shown.close()
    }
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(act(event.notification.data, event.action))
})

/** Brings the tab that has the call to the front, and tells it which button was pressed. */
async function act({ callId, client }, action) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const tab = windows.find(({ id }) => id === client)
  if (!tab) {
    await (windows[0] ? windows[0].focus() : self.clients.openWindow('/'))
    return
  }
  if (action !== '') tab.postMessage({ do: action, callId })
  // Whoever declines wants to go on with what they do.
  if (action !== 'decline') await tab.focus()
}
