/** An operator's own lists and the dial pad, in Russian. */
export const own = {
  own: {
    title: 'Моё',
    tab: { missed: 'Пропущенные', calls: 'Мои звонки', tasks: 'Задачи' },
    missed: {
      empty: 'Пропущенных нет',
      emptyText: 'Звонки, на которые вы не успели ответить, появятся здесь на неделю.',
      waiting: 'Не перезвонили',
      tries_one: 'Не перезвонили · {{count}} попытка',
      tries_few: 'Не перезвонили · {{count}} попытки',
      tries_many: 'Не перезвонили · {{count}} попыток',
      tries_other: 'Не перезвонили · {{count}} попытки',
      back: 'Перезвонили: {{name}}, {{at}}',
      again: 'Дозвонился сам: {{name}}, {{at}}',
      somebody: 'коллега',
      now: 'Сейчас говорит: {{name}}',
      calls_one: '{{count}} звонок',
      calls_few: '{{count}} звонка',
      calls_many: '{{count}} звонков',
      calls_other: '{{count}} звонка',
      ownClient: 'ваш клиент',
      all: 'Все пропущенные в журнале'
    },
    calls: {
      empty: 'Сегодня звонков ещё не было',
      emptyText: 'Наберите номер или имя выше или дождитесь звонка.',
      in: 'Входящий',
      out: 'Исходящий',
      internal: 'Внутренний',
      all: 'Все мои звонки'
    },
    tasks: {
      empty: 'На сегодня всё сделано',
      emptyText: 'Задачи и обещанные звонки на сегодня появятся здесь.',
      soon: 'сразу',
      noTime: 'без срока',
      overdue: 'просрочено',
      done: 'Сделано',
      wasDone: '«{{title}}»: сделано.',
      undo: 'Вернуть',
      attempts_one: '{{count}} попытка',
      attempts_few: '{{count}} попытки',
      attempts_many: '{{count}} попыток',
      attempts_other: '{{count}} попытки',
      callback: {
        form: 'Заказ с сайта',
        missed: 'Пропущенный',
        queue: 'Ушёл из очереди',
        scheme: 'Обещали перезвонить',
        manual: 'Перезвонить',
        api: 'Перезвонить'
      },
      kind: {
        call_back: 'Перезвонить',
        voicemail: 'Прослушать сообщение',
        callback_failed: 'Не дозвонились',
        follow_up: 'Задача',
        call: 'Звонок',
        meeting: 'Встреча',
        mail: 'Письмо',
        other: 'Задача'
      }
    },
    dial: {
      label: 'Номер, имя или компания',
      placeholder: 'Номер или имя',
      found: 'Кому позвонить',
      recent: 'Последние номера',
      typed: 'Набрать {{number}}',
      nobody: 'Никого не нашли. Введите номер целиком.',
      searching: 'Ищем…',
      colleague: 'Коллега',
      shows: 'Увидят номер {{number}}',
      carrier: 'Номер выберет оператор связи',
      inside: 'Звонок внутри компании',
      emergency: 'Экстренная служба',
      noCalls: 'Просил не звонить',
      erase: 'Стереть',
      keypad: 'Цифры',
      link: 'Ссылка просит позвонить. Проверьте номер и нажмите «Позвонить».',
      linkBad: 'В ссылке нет телефонного номера.',
      linkCall: 'Идёт разговор. Завершите его и нажмите на ссылку ещё раз.'
    }
  }
}
