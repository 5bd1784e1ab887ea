/** What operators do in and around calls: holding, transfers, dialling, callbacks and tasks, in Russian. */
export const work = {
  talk: {
    tools: 'В этом звонке',
    onDeskPhone: 'Вы говорите по настольному телефону.',
    hold: 'Удержать',
    unhold: 'Вернуться',
    held: 'На удержании: клиент слышит музыку',
    park: 'Парковка',
    parkedAt:
      'Звонок на парковке {{slot}}. Его может забрать любой коллега: здесь или набрав на телефоне *{{slot}}.',
    parkedCalls: 'Звонки на парковке',
    take: 'Забрать',
    pauseRecording: 'Не писать',
    resumeRecording: 'Писать',
    recordingPaused: 'Запись на паузе',
    alsoHere: 'Ещё в разговоре: {{names}}'
  },
  transfer: {
    button: 'Перевод',
    title: 'Перевести звонок',
    search: 'Имя, группа или номер',
    searching: 'Ищем, кто возьмёт…',
    nobody: 'Никого не нашли. Наберите номер, чтобы перевести на него.',
    outside: 'Внешний номер',
    free_one: '{{count}} свободен',
    free_few: '{{count}} свободны',
    free_many: '{{count}} свободны',
    free_other: '{{count}} свободны',
    note: 'Заметка тому, кто возьмёт',
    notePlaceholder: 'Её увидят до ответа',
    warm: 'Сначала поговорить',
    blind: 'Перевести сразу',
    hint: 'Enter — сначала поговорить, Ctrl+Enter — перевести сразу, стрелки — выбор.',
    complete: 'Завершить перевод',
    completeNow: 'Перевести не дожидаясь',
    cancel: 'Вернуться к клиенту',
    swap: 'Переключиться',
    join: 'Втроём',
    speaks: 'Вы говорите',
    waits: 'Ждёт под музыку',
    hearsMusic: 'Слышит музыку',
    stage: { finding: 'ищем…', ringing: 'звоним', talking: 'разговор' },
    question: 'Вам звонит коллега',
    returns: 'Звонок вернулся',
    asks: '{{name}} хочет передать вам звонок',
    gave: '{{name}} передаёт вам звонок',
    cameBack: 'Звонок вернулся: {{name}}',
    somebody: 'Коллега',
    failed: 'Перевод не удался, клиент снова с вами.',
    reason: {
      nobody_free: 'Там никто не свободен.',
      no_answer: 'Никто не ответил.',
      noAnswer: 'Не ответили.',
      declined: 'Звонок отклонили.',
      busy: 'Занято.',
      failed: 'До телефона не дозвониться.',
      refused: 'Звонок не приняли.',
      consulted_left: 'Там положили трубку.'
    },
    scheme: 'Сценарий'
  },
  watch: {
    title: 'Вы наблюдаете за звонком',
    leave: 'Выйти',
    takeOver: 'Забрать клиента',
    start: 'Наблюдать',
    silent: 'Незаметно',
    silentHelp: 'Оператор не увидит. Это останется в журнале действий.',
    mode: { listen: 'Слушать', whisper: 'Подсказывать', join: 'Войти' },
    help: {
      listen: 'Вас не слышит никто',
      whisper: 'Вас слышит только оператор',
      join: 'Вас слышат все'
    },
    says: {
      listen: '{{name}} слушает',
      whisper: '{{name}} подсказывает вам',
      join: '{{name}} в разговоре'
    }
  },
  wrapUp: {
    title: 'После звонка',
    text: 'Запишите главное. Звонки не придут, пока время не выйдет.',
    extend: '+1 мин',
    end: 'Готово'
  },
  pause: {
    title: 'Не принимаю звонки',
    autoTitle: 'Вы на паузе',
    autoText:
      'Несколько звонков прозвонили и остались без ответа, поэтому новые к вам не идут. Вернитесь, когда будете на месте.',
    back: 'Я на месте',
    auto: 'пропущенные'
  },
  dial: {
    title: 'Позвонить',
    placeholder: 'Номер или имя',
    call: 'Позвонить',
    yours: 'Ваш звонок: возьмите трубку',
    dials: 'Набираем номер…',
    rings: 'У клиента звонит телефон…',
    refused: '{{number}}: не набрали.',
    askedForNoCalls: 'Клиент просил ему не звонить. Будьте кратки и уточните, в силе ли это.'
  },
  work: {
    title: 'Дела на сегодня',
    soon: 'как можно скорее',
    done: 'Сделано',
    attempts_one: '{{count}} попытка',
    attempts_few: '{{count}} попытки',
    attempts_many: '{{count}} попыток',
    attempts_other: '{{count}} попытки',
    calls_one: '{{count}} звонок',
    calls_few: '{{count}} звонка',
    calls_many: '{{count}} звонков',
    calls_other: '{{count}} звонка',
    callbackKind: {
      form: 'Заказ с сайта',
      missed: 'Пропущенный',
      queue: 'Ушёл из очереди',
      scheme: 'Обещали перезвонить',
      manual: 'Перезвонить',
      api: 'Перезвонить'
    },
    taskKind: {
      call_back: 'Перезвонить',
      voicemail: 'Прослушать сообщение',
      callback_failed: 'Не дозвонились',
      follow_up: 'Задача'
    }
  }
}
