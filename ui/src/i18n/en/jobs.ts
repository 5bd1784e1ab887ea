/** The tray of background work, in English. */
export const jobs = {
  jobTray: {
    title: 'Background work',
    open_one: 'Background work: {{count}} running',
    open_other: 'Background work: {{count}} running',
    none: 'Exports and recomputations will show here',
    cancel: 'Cancel',
    download: 'Download',
    waiting: 'Waiting for its turn',
    running: 'At work',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
    progress: '{{done}} of {{total}}',
    progressUnknown: '{{done}} so far',
    ready: 'The file is ready: {{name}}',
    gone: 'Files are kept for 7 days; this one is gone',
    kind: {
      export_calls: 'Export of calls',
      export_report: 'Export of a report',
      attribution_recompute: 'Attribution anew',
      backup_make: 'Backup',
      reports_rebuild: 'Reports anew',
      export_person: 'Data of a person',
      erase_person: 'Erasure of a person',
      import_clients: 'Import of clients',
      import_clients_undo: 'Undoing an import of clients',
      export_list: 'Export of a list',
      import_settings: 'Import of settings',
      other: 'Background work'
    }
  }
}
