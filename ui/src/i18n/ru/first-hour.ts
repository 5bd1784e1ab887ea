/** What tells of the first hour outside of its wizard, in Russian. */
export const firstHour = {
  firstHour: {
    title: 'Первый час',
    step: {
      company: 'Вы и компания',
      address: 'Адрес и звук',
      trunk: 'Оператор связи',
      number: 'Номер',
      scheme: 'Путь звонка',
      people: 'Сотрудники',
      tryout: 'Первый звонок',
      end: 'Готово'
    },
    offer: 'Настройте телефонию',
    offerText: 'Осталось: {{steps}}.',
    offerLeft_one: 'Остался {{count}} шаг',
    offerLeft_few: 'Осталось {{count}} шага',
    offerLeft_many: 'Осталось {{count}} шагов',
    offerLeft_other: 'Осталось {{count}} шага',
    offerGo: 'Продолжить настройку',
    offerHide: 'Скрыть',
    offerHidden: 'Мастер остаётся в разделе «Настройки → Первый час».'
  }
}
