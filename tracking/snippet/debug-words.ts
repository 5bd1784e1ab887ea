const ru = {
  title: 'Что видит коллтрекинг',
  close: 'Закончить',
  visit: 'Визит',
  visitId: 'Визит',
  noVisit: 'Визита нет',
  states: {
    tracked: 'Записан, номера выданы',
    capped: 'С этого адреса слишком много визитов: показан общий номер',
    machine: 'Похоже на робота: показан общий номер',
    noConsent: 'Ждём согласия посетителя',
    none: 'Сервер не ответил: на сайте его собственные номера'
  } as Record<string, string>,
  consent: {
    notNeeded: 'Согласие не требуется',
    given: 'Согласие получено',
    missing: 'Согласия нет: vpbx.consent({ analytics: true })'
  },
  source: 'Источник',
  rules: {
    campaign: 'по меткам в адресе',
    organic: 'перешли из поисковой системы',
    referral: 'перешли с другого сайта',
    direct: 'без меток и без перехода',
    kept: 'нового ничего нет: действует прежний источник'
  } as Record<string, string>,
  group: 'Группа номеров',
  noPool: 'У группы нет пула',
  chosen: 'выбран',
  lower: 'подходит, но другой пул точнее',
  misses: 'не подходит:',
  kinds: {
    channels: 'канал',
    sources: 'источник',
    campaigns: 'кампания',
    zones: 'часовой пояс',
    pages: 'страница входа'
  } as Record<string, string>,
  numbers: 'Показаны номера',
  noNumbers: 'Ни одного',
  number: {
    lease: 'только этому посетителю',
    overflow: 'общий: свободных нет',
    static: 'номер источника'
  } as Record<string, string>,
  until: 'до',
  found: 'Номера на странице',
  nothing: 'Номеров из настроек сайта на странице нет',
  what: { swapped: 'подменён', skipped: 'не трогаем', waiting: 'не подменён' },
  why: {
    noswap: 'пометка data-vpbx-noswap',
    data: 'данные для поисковиков',
    code: 'скрипт или стиль',
    input: 'поле ввода',
    editable: 'редактируемый текст',
    messenger: 'ссылка на мессенджер или страницу',
    noNumber: 'для группы нет номера'
  } as Record<string, string>,
  faults: 'Ошибки',
  fault: (fault: string): string => {
    const [path, status] = fault.split(' ')
    return status === '-1'
      ? `${path}: сервер недоступен`
      : `${path}: сервер ответил ${status}${status === '403' ? ' — домен сайта не тот' : ''}`
  }
}
const en: typeof ru = {
  title: 'What call tracking sees',
  close: 'End',
  visit: 'Visit',
  visitId: 'Visit',
  noVisit: 'There is no visit',
  states: {
    tracked: 'Kept, numbers are lent',
    capped: 'Too many visits of this address: the shared number is shown',
    machine: 'Looks like a machine: the shared number is shown',
    noConsent: 'Waiting for the visitor’s consent',
    none: 'The server did not answer: the site shows its own numbers'
  },
  consent: {
    notNeeded: 'Consent is not needed',
    given: 'Consent is given',
    missing: 'No consent: vpbx.consent({ analytics: true })'
  },
  source: 'Source',
  rules: {
    campaign: 'by the marks in the address',
    organic: 'came from a search engine',
    referral: 'came from another site',
    direct: 'no marks, no site before',
    kept: 'nothing new: the present source stands'
  },
  group: 'Number group',
  noPool: 'No pool serves this group',
  chosen: 'chosen',
  lower: 'fits, but another pool is more exact',
  misses: 'does not fit:',
  kinds: {
    channels: 'channel',
    sources: 'source',
    campaigns: 'campaign',
    zones: 'time zone',
    pages: 'landing page'
  },
  numbers: 'Numbers shown',
  noNumbers: 'None',
  number: { lease: 'this visitor’s alone', overflow: 'shared: none is free', static: 'of the source' },
  until: 'until',
  found: 'Numbers in the page',
  nothing: 'The page has none of the numbers in the site’s settings',
  what: { swapped: 'swapped', skipped: 'left alone', waiting: 'not swapped' },
  why: {
    noswap: 'marked data-vpbx-noswap',
    data: 'data for search engines',
    code: 'script or style',
    input: 'input field',
    editable: 'editable text',
    messenger: 'link to a messenger or page',
    noNumber: 'no number for the group'
  },
  faults: 'Errors',
  fault: (fault: string): string => {
    const [path, status] = fault.split(' ')
    return status === '-1'
      ? `${path}: the server cannot be reached`
      : `${path}: the server answered ${status}${status === '403' ? ' — the site’s domain is another' : ''}`
  }
}
export const debugWords = (language: 'ru' | 'en'): typeof ru => (language === 'ru' ? ru : en)
