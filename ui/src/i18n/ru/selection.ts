/** Choosing days, and selections kept under a name, in Russian. */
export const selection = {
  days: {
    label: 'Период',
    today: 'Сегодня',
    yesterday: 'Вчера',
    last7: '7 дней',
    last30: '30 дней',
    thisMonth: 'Этот месяц',
    lastMonth: 'Прошлый месяц',
    thisQuarter: 'Этот квартал',
    lastQuarter: 'Прошлый квартал',
    custom: 'Свои даты',
    from: 'С',
    to: 'По',
    show: 'Показать',
    backwards: 'Первый день позже последнего.',
    previousMonth: 'Предыдущий месяц',
    nextMonth: 'Следующий месяц'
  },
  views: {
    title: 'Виды',
    own: 'Мои',
    shared: 'Общие',
    none: 'Сохраните отбор под именем, чтобы открывать его одним нажатием.',
    save: 'Сохранить текущий',
    name: 'Название',
    share: 'Показать всем',
    unshare: 'Только мне',
    rename: 'Переименовать',
    replace: 'Заменить текущим отбором',
    delete: 'Удалить',
    deleted: 'Вид «{{name}}» удалён',
    undo: 'Вернуть',
    saved: 'Вид «{{name}}» сохранён',
    by: 'Автор: {{name}}',
    actions: 'Действия с видом «{{name}}»'
  }
}
