/** Telephone links of other pages and programs, in Russian. */
export const phoneLinks = {
  phoneLinks: {
    offer: 'Открывать ссылки с телефонами здесь',
    asked:
      'Браузер спросит, открывать ли ссылки с телефонами в Ringtrace. Согласитесь: номер появится здесь, а позвоните вы сами.',
    unable:
      'Этот браузер не умеет открывать такие ссылки на сайте. Номер можно скопировать и вставить в поле набора.'
  }
}
