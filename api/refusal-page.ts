const words = {
  ru: {
    title: 'Рассылка',
    ask: 'Больше не присылать вам рекламу?',
    askText: 'Сообщения по вашим заказам и обращениям приходить не перестанут.',
    refuse: 'Отписаться',
    done: 'Вы отписаны',
    doneText: 'Рекламных писем и SMS больше не будет.',
    back: 'Вернуть рассылку',
    again: 'Рассылка включена',
    againText: 'Отписаться можно в любой момент по этой же ссылке.',
    unknown: 'Ссылка не подходит',
    unknownText: 'Возможно, она скопирована не целиком. Откройте её прямо из письма или SMS.'
  },
  en: {
    title: 'Newsletter',
    ask: 'No more advertising for you?',
    askText: 'Messages about your orders and inquiries will still come.',
    refuse: 'Unsubscribe',
    done: 'You are unsubscribed',
    doneText: 'No more advertising by mail or SMS.',
    back: 'Subscribe again',
    again: 'You are subscribed',
    againText: 'You can unsubscribe at any time by the same link.',
    unknown: 'This link does not fit',
    unknownText: 'Perhaps it was not copied as a whole. Open it right from the letter or the SMS.'
  }
} as const

const style = `
:root { color-scheme: light dark; --ink: #1c2321; --dim: #5c6763; --paper: #fff; --ground: #f3f1ec; --pine: #1f6f5c; --line: #d9d5cb }
@media (prefers-color-scheme: dark) { :root { --ink: #eceae4; --dim: #a3aaa6; --paper: #1f2422; --ground: #151917; --pine: #57b89d; --line: #39403d } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif }
main { width: 100%; max-width: 440px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 32px }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 8px; text-wrap: balance }
p { margin: 0 0 24px; color: var(--dim) }
p:last-child { margin-bottom: 0 }
button { font: inherit; font-weight: 600; width: 100%; min-height: 48px; padding: 10px 20px; border-radius: 8px; border: 1px solid var(--pine); cursor: pointer }
button.main { background: var(--pine); color: var(--paper) }
button.quiet { background: transparent; color: var(--pine) }
button:focus-visible { outline: 3px solid var(--pine); outline-offset: 2px }
`

/** The whole page, without scripts: it must work in whatever a letter is opened with. */
export function refusalPage({
  state,
  wasAsked,
  locale
}: {
  state: 'asked' | 'refused' | 'unknown'
  wasAsked: boolean
  locale: 'ru' | 'en'
}): string {
  const say = words[locale]
  const button = (wish: 'refuse' | 'back'): string =>
    `<form method="post"><input type="hidden" name="wish" value="${wish}"><button class="${wish === 'back' ? 'quiet' : 'main'}">${say[wish]}</button></form>`
  const body = {
    unknown: `<h1>${say.unknown}</h1><p>${say.unknownText}</p>`,
    refused: `<h1>${say.done}</h1><p>${say.doneText}</p>${button('back')}`,
    asked: wasAsked
      ? `<h1>${say.again}</h1><p>${say.againText}</p>${button('refuse')}`
      : `<h1>${say.ask}</h1><p>${say.askText}</p>${button('refuse')}`
  }[state]
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say.title}</title><style>${style}</style></head><body><main aria-live="polite">${body}</main></body></html>
`
}
