/** Files of lists, in English. */
export const listExport = {
  listExport: {
    title: {
      contacts: 'Export clients',
      companies: 'Export companies',
      deals: 'Export deals',
      inquiries: 'Export inquiries'
    },
    text: 'Everything that the filters let through, in the background. The file will show in the top bar.',
    xlsx: 'Excel workbook',
    csv: 'CSV file',
    started: 'The file is being prepared: see the top bar'
  }
}
