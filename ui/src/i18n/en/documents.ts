/** Documents filled from deals, and their templates. */
export const documents = {
  documents: {
    title: 'Documents',
    make: 'Make a document',
    made: '“{{name}}” is ready.',
    none: 'No documents yet.',
    noTemplates:
      'Add a template under Settings → Document templates, and documents are made here at a press.',
    askAdmin: 'There are no templates yet: an admin adds them in the settings.',
    removed: '“{{name}}” is taken away.',
    undo: 'Undo',
    download: 'Download',
    pageText:
      'Word documents (.docx) with placeholders and PDF forms, up to 5 MB, which are filled from a deal: contracts, invoices, offers.',
    name: 'Name of the template',
    upload: 'Upload a template',
    added: '“{{name}}” is added.',
    refused: 'This file cannot be a template',
    empty: 'No templates yet',
    emptyText:
      'Copy placeholders below into a Word document, or name the fields of a PDF form so, and upload it.',
    fields_one: '{{count}} placeholder',
    fields_other: '{{count}} placeholders',
    try: 'Try it',
    placeholders: 'Placeholders',
    placeholdersText:
      'What a deal knows is put in their place; where nothing is known, the place stays empty.',
    lines: 'Lines of the deal',
    linesText:
      'What stands between the two marks is repeated for each line. In a table, put the first into the first cell of a row and the second into its last.',
    pdfText:
      'In a PDF form, a text field has the placeholder as its name, with braces or without. A field of a line also has its number: line.name.1, line.sum.1, line.name.2.',
    pdf: 'PDF forms',
    linesBegin: 'the lines begin',
    linesEnd: 'the lines end',
    at: '({{part}}, paragraph {{paragraph}})',
    onPage: '(page {{page}})',
    part: { body: 'the text', header: 'a header', footer: 'a footer', other: 'another part' },
    fault: {
      not_a_document: 'This is neither a Word document nor a PDF. Save it as .docx or .pdf.',
      damaged: 'The file is damaged, or protected by a password. Save it anew as .docx or .pdf.',
      too_large: 'The file is too large: 5 MB at most. Make its pictures smaller.',
      macros: 'It holds macros or embedded programs. Save it as a plain .docx without them.',
      external:
        'It fetches something from elsewhere when it is opened, such as a linked picture. Put the picture itself into it.',
      placeholders: 'Something is wrong with its placeholders.',
      protected: 'The PDF is encrypted. Save it without a password and without restrictions.',
      scripts:
        'The PDF holds scripts or commands, such as JavaScript. Set the format of its fields to “None” and take actions away.',
      attachments: 'The PDF holds other files, sound or video. Save it without them.',
      no_fields: 'The PDF has no form fields. Add text fields, and name them as the placeholders below.',
      too_many_lines: 'The deal has more lines than the form has room for. Use a form with more lines.',
      too_slow: 'This takes too long. Make the template smaller.',
      busy: 'Too many documents are being made just now. Try again in a minute.'
    },
    place: {
      unknown_placeholder: 'There is no placeholder {{placeholder}}',
      unclosed_placeholder: '{{placeholder}} has no closing braces',
      unopened_placeholder: '{{placeholder}} has no opening braces',
      unclosed_section: '{{placeholder}} is not closed',
      unopened_section: '{{placeholder}} closes what was not opened',
      only_in_lines: '{{placeholder}} stands outside of the lines',
      bad_placeholder: '{{placeholder}} cannot be understood',
      not_a_text_field: 'The field {{placeholder}} is no text field',
      line_number_missing: 'The field {{placeholder}} needs the number of its line: {{placeholder}}.1'
    }
  }
}
