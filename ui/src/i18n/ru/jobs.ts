/** The tray of background work, in Russian. */
export const jobs = {
  jobTray: {
    title: 'Фоновые задачи',
    open_one: 'Фоновые задачи: идёт {{count}}',
    open_few: 'Фоновые задачи: идут {{count}}',
    open_many: 'Фоновые задачи: идёт {{count}}',
    open_other: 'Фоновые задачи: идут {{count}}',
    none: 'Выгрузки и пересчёты появятся здесь',
    cancel: 'Отменить',
    download: 'Скачать',
    waiting: 'Ждёт очереди',
    running: 'Готовится',
    done: 'Готово',
    failed: 'Не вышло',
    cancelled: 'Отменено',
    progress: '{{done}} из {{total}}',
    progressUnknown: '{{done}} готово',
    ready: 'Файл готов: {{name}}',
    gone: 'Файл хранится 7 дней и уже удалён',
    kind: {
      export_calls: 'Выгрузка звонков',
      export_report: 'Выгрузка отчёта',
      attribution_recompute: 'Пересчёт атрибуции',
      backup_make: 'Резервная копия',
      reports_rebuild: 'Пересчёт отчётов',
      export_person: 'Данные человека',
      erase_person: 'Удаление данных человека',
      import_clients: 'Загрузка клиентов',
      import_clients_undo: 'Отмена загрузки клиентов',
      export_list: 'Выгрузка списка',
      import_settings: 'Загрузка настроек',
      other: 'Фоновая задача'
    }
  }
}
