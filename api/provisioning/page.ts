import type { Provisioning } from '../contract/operators.ts'

const words = {
  ru: {
    title: 'Настройка SIP-телефона',
    displayName: 'Имя',
    extension: 'Короткий номер',
    server: 'Сервер',
    port: 'Порт',
    transport: 'Транспорт',
    user: 'Пользователь и логин авторизации',
    secret: 'Пароль',
    scan: 'Отсканируйте код приложением для звонков или введите данные вручную.',
    warning: 'С этими данными можно звонить за счёт компании. Уничтожьте лист, когда телефон настроен.'
  },
  en: {
    title: 'Setting up a SIP phone',
    displayName: 'Name',
    extension: 'Short number',
    server: 'Server',
    port: 'Port',
    transport: 'Transport',
    user: 'User, and user for authentication',
    secret: 'Password',
    scan: 'Scan the code with a calling app, or type the details in.',
    warning:
      'Whoever has these details can call at the company’s cost. Destroy this sheet once the phone is set up.'
  }
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** A page to print and to lay beside the telephone: no scripts, nothing from elsewhere. */
export function provisioningPage(details: Provisioning, locale: 'ru' | 'en'): string {
  const say = words[locale]
  const rows: [string, string][] = [
    [say.displayName, details.displayName],
    ...(details.extension === null ? [] : [[say.extension, details.extension] as [string, string]]),
    [say.server, details.server],
    [say.port, String(details.port)],
    [say.transport, details.transport.toUpperCase()],
    [say.user, details.user],
    [say.secret, details.secret]
  ]
  const table = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`
  )
  return `<!doctype html>
<html lang="${locale}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${say.title}: ${details.deviceName}`)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff }
h1 { font-size: 1.4rem }
.code { width: 14rem }
.code svg { width: 100%; height: auto }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top }
th { font-weight: 400; color: #555 }
td { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
.warning { border-left: .25rem solid #b91c1c; padding-left: .8rem }
@media print { body { margin: 0 } }
</style>
<body>
<h1>${escape(say.title)} · ${escape(details.deviceName)}</h1>
<p>${escape(say.scan)}</p>
<div class="code">${details.qrSvg}</div>
<table>${table.join('')}</table>
<p class="warning">${escape(say.warning)}</p>
`
}
