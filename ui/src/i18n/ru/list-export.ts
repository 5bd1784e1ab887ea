/** Files of lists, in Russian. */
export const listExport = {
  listExport: {
    title: {
      contacts: 'Выгрузить клиентов',
      companies: 'Выгрузить компании',
      deals: 'Выгрузить сделки',
      inquiries: 'Выгрузить обращения'
    },
    text: 'Всё, что прошло через фильтры, в фоне. Файл появится в верхней строке.',
    xlsx: 'Книга Excel',
    csv: 'Файл CSV',
    started: 'Файл готовится: смотрите в верхней строке'
  }
}
