/** The banner that tells of an update, in Russian. */
export const updates = {
  updates: {
    updated: 'Ringtrace обновлён с {{previous}} до {{version}}',
    same: 'В Ringtrace {{version}} есть новое',
    look: 'Что нового',
    hide: 'Скрыть',
    later: 'Прочитать позже можно здесь:',
    system: 'Настройки → Система'
  }
}
