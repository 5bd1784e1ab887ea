type Values = Record<string, string>

/** Fields of secrets, by what they are called anywhere. */
const secret =
  /passw|парол|cvv|cvc|card.?(num|no\b|hold|exp|code)|cc.?(num|exp|csc)|номер карты|снилс|паспорт|passport|one.?time|sms.?code|код из/i
const guesses: [field: string, autocomplete: RegExp, named: RegExp][] = [
  ['phone', /^tel/, /phone|mobile|(^|[^a-z])tel(?!eg)|телеф|моб/i],
  ['email', /^email/, /e-?mail|почт/i],
  ['name', /^(name|given-name|family-name)$/, /(^|[^a-z])(your.?|first.?|full.?)?name|fio|имя|фио|зовут/i],
  ['message', /^$/, /messag|comment|question|сообщ|коммент|вопрос/i]
]
const notName = /user.?name|login|логин|compan|компан|nick/i

/**
 * Sends along who a form says the visitor is, when they submit it. Never touches the form or its event; leaves out
 * forms for signing in or paying, whatever is hidden, and everything but name, telephone, mail and message.
 * @param isEvery false: only forms marked with `data-vpbx-form`
 */
export function captureForms(isEvery: boolean, send: (data: Values) => void): void {
  const sent = new WeakMap<HTMLFormElement, string>()
  addEventListener(
    'submit',
    ({ target: form }) => {
      if (!(form instanceof HTMLFormElement) || form.closest('[data-vpbx-noform]')) return
      if (!isEvery && !form.closest('[data-vpbx-form]')) return
      const data = read(form)
      const text = JSON.stringify(data)
      if (!data || sent.get(form) === text) return
      sent.set(form, text)
      send(data)
    },
    true
  )
}

function read(form: HTMLFormElement): Values | null {
  const data: Values = {}
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input,textarea')) {
    const isArea = field instanceof HTMLTextAreaElement
    const { type, autocomplete } = field
    if (type === 'password' || /^cc-|password|one-time/.test(autocomplete)) return null
    if (!isArea && !/^(text|tel|email|search|number)$/.test(type)) continue
    const value = field.value.trim()
    const words = [field.name, field.id, field.placeholder, field.getAttribute('aria-label')]
    const named = [...words, ...[...(field.labels ?? [])].map((label) => label.textContent)].join(' ')
    if (!value || secret.test(named) || isCard(value) || field.closest('[data-vpbx-noform]')) continue
    const own = field.name && /^(tel|email)$/.test(type) ? (type === 'tel' ? 'phone' : type) : ''
    const guess =
      own ||
      guesses.find(([, auto]) => auto.test(autocomplete) && autocomplete)?.[0] ||
      guesses.find(([kind, , name]) => name.test(named) && !(kind === 'name' && notName.test(named)))?.[0] ||
      (isArea ? 'message' : '')
    if (guess)
      data[guess] = data[guess] && guess === 'name' ? `${data[guess]} ${value}` : (data[guess] ?? value)
  }
  // A search or a filter is of no use to anybody.
  const isPhone = (data['phone'] ?? '').replace(/\D/g, '').length > 5
  if (!isPhone) delete data['phone']
  if (!/.@./.test(data['email'] ?? '')) delete data['email']
  if (!data['phone'] && !data['email']) return null
  const title = form.getAttribute('data-vpbx-form') || form.getAttribute('name') || form.getAttribute('id')
  return { ...data, ...(title && { form: title.slice(0, 100) }) }
}

/** Thirteen digits or more that pass the check of payment cards. */
function isCard(value: string): boolean {
  const digits = value.replace(/[\s-]/g, '')
  if (!/^\d{13,19}$/.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, sign, place) => {
    const double = Number(sign) * (1 + (place % 2))
    return total + (double > 9 ? double - 9 : double)
  }, 0)
  return sum % 10 === 0
}
