/** What is known of a client while their call rings, in Russian. */
export const ring = {
  ring: {
    yourClient: 'Ваш клиент',
    clientOf: 'Ответственный: {{name}}',
    firstCall: 'Первый звонок',
    callsBefore: 'Звонков раньше: {{count}}',
    manyCalls: 'Звонков раньше: больше 999',
    lastContact: 'Последний контакт',
    in: 'Входящий',
    out: 'Исходящий',
    form: 'Форма на сайте',
    callback: 'Заказан обратный звонок',
    mail: 'Письмо',
    message: 'Сообщение',
    manual: 'Обращение',
    deal: 'Открытая сделка',
    dealOf: 'Ведёт {{name}}',
    note: 'Заметка о клиенте',
    landing: 'Страница входа',
    page: 'Страница при звонке'
  }
}
