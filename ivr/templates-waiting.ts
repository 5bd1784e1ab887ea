import { drawer, text } from './drawing.ts'
import type { Scheme } from './scheme.ts'
import { prompt } from './sounds.ts'
import type { TemplateOptions } from './templates.ts'

/**
 * A busy shop: hours, a menu of sales (1) and service (2), each with a queue that offers a callback; after hours the
 * caller is called back when it opens.
 */
export function shopQueueScheme(
  { salesGroupId, serviceGroupId }: { salesGroupId: string; serviceGroupId: string },
  { locale = 'ru', timeZone = 'Europe/Moscow' }: TemplateOptions = {}
): Scheme {
  const block = drawer(locale)
  const day = [['09:00', '21:00']]
  const weekend = [['10:00', '18:00']]
  const open = {
    timeZone,
    hours: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: weekend, sun: weekend },
    holidays: []
  }
  const waiting = { callbackKey: '1', offerAfterSeconds: 30, maxWaitSeconds: 600 }
  const left = { talked: 'rating', timeout: 'busy', full: 'full', callback: null }
  return {
    locale,
    start: 'hours',
    blocks: {
      hours: block(
        'schedule',
        { ru: 'Часы работы', en: 'Hours' },
        [0, 0],
        { open: 'menu', closed: 'closed' },
        open
      ),
      menu: block(
        'menu',
        { ru: 'Меню', en: 'Menu' },
        [1, 0],
        { 1: 'sales', 2: 'service', noInput: 'sales', wrongInput: 'sales' },
        {
          prompt: [prompt('welcome'), prompt('call-recorded'), prompt('menu-shop')],
          options: [
            { digit: '1', label: text(locale, { ru: 'Заказ', en: 'Order' }) },
            { digit: '2', label: text(locale, { ru: 'Доставка и возврат', en: 'Delivery and returns' }) }
          ],
          attempts: 2
        }
      ),
      sales: block('queue', { ru: 'Очередь продаж', en: 'Sales queue' }, [2, 0], left, {
        groupId: salesGroupId,
        ...waiting
      }),
      service: block('queue', { ru: 'Очередь сервиса', en: 'Service queue' }, [2, 1], left, {
        groupId: serviceGroupId,
        ...waiting
      }),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [3, 0], { next: null }, {}),
      busy: block(
        'greeting',
        { ru: 'Все заняты', en: 'All busy' },
        [3, 1],
        { next: 'callback' },
        { sounds: [prompt('all-busy')] }
      ),
      full: block(
        'greeting',
        { ru: 'Очередь полна', en: 'Queue full' },
        [3, 2],
        { next: 'message' },
        { sounds: [prompt('queue-full')] }
      ),
      closed: block(
        'greeting',
        { ru: 'Закрыто', en: 'Closed' },
        [1, 3],
        { next: 'later' },
        { sounds: [prompt('welcome'), prompt('closed')] }
      ),
      callback: block(
        'callback',
        { ru: 'Перезвонить', en: 'Call back' },
        [4, 1],
        { next: null, noNumber: 'message' },
        { groupId: salesGroupId }
      ),
      later: block(
        'callback',
        { ru: 'Перезвонить, когда откроемся', en: 'Call back when open' },
        [2, 3],
        { next: null, noNumber: 'message' },
        { when: 'open', ...open, groupId: salesGroupId }
      ),
      message: block(
        'voicemail',
        { ru: 'Сообщение', en: 'Message' },
        [5, 2],
        { next: null },
        { taskGroupId: salesGroupId }
      )
    }
  }
}

/** Operators by day; after hours a choice of a callback when it opens (1) and a message (2). */
export function afterHoursScheme(
  groupId: string,
  { locale = 'ru', timeZone = 'Europe/Moscow' }: TemplateOptions = {}
): Scheme {
  const block = drawer(locale)
  const day = [['09:00', '18:00']]
  const open = {
    timeZone,
    hours: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] },
    holidays: []
  }
  return {
    locale,
    start: 'hours',
    blocks: {
      hours: block(
        'schedule',
        { ru: 'Часы работы', en: 'Hours' },
        [0, 0],
        { open: 'greeting', closed: 'choice' },
        open
      ),
      greeting: block(
        'greeting',
        { ru: 'Приветствие', en: 'Greeting' },
        [1, 0],
        { next: 'ring' },
        { sounds: [prompt('welcome'), prompt('call-recorded')] }
      ),
      ring: block(
        'ring',
        { ru: 'Операторы', en: 'Operators' },
        [2, 0],
        { talked: 'rating', noAnswer: 'callback' },
        { groupId }
      ),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [3, 0], { next: null }, {}),
      callback: block(
        'callback',
        { ru: 'Перезвонить', en: 'Call back' },
        [3, 1],
        { next: null, noNumber: 'message' },
        { groupId, thanks: [prompt('all-busy'), prompt('callback-promised')] }
      ),
      choice: block(
        'menu',
        { ru: 'Мы закрыты', en: 'Closed' },
        [1, 2],
        { 1: 'later', 2: 'message', noInput: 'message', wrongInput: 'message' },
        {
          prompt: [prompt('closed'), prompt('menu-closed')],
          options: [
            { digit: '1', label: text(locale, { ru: 'Перезвонить', en: 'Call back' }) },
            { digit: '2', label: text(locale, { ru: 'Сообщение', en: 'Message' }) }
          ],
          attempts: 2
        }
      ),
      later: block(
        'callback',
        { ru: 'Перезвонить, когда откроемся', en: 'Call back when open' },
        [2, 2],
        { next: null, noNumber: 'message' },
        { when: 'open', ...open, groupId }
      ),
      message: block(
        'voicemail',
        { ru: 'Сообщение', en: 'Message' },
        [4, 2],
        { next: null },
        { taskGroupId: groupId }
      )
    }
  }
}

/** Known clients go to their own operator, callers from paid advertising ahead of the others in the queue. */
export function campaignScheme(groupId: string, { locale = 'ru' }: TemplateOptions = {}): Scheme {
  const block = drawer(locale)
  const left = { talked: 'rating', timeout: 'callback', full: 'callback' }
  return {
    locale,
    start: 'greeting',
    blocks: {
      greeting: block(
        'greeting',
        { ru: 'Приветствие', en: 'Greeting' },
        [0, 0],
        { next: 'who' },
        { sounds: [prompt('welcome'), prompt('call-recorded')] }
      ),
      who: block(
        'condition',
        { ru: 'Кто звонит', en: 'Who calls' },
        [1, 0],
        { client: 'owner', paid: 'tag', otherwise: 'queue' },
        {
          rules: [
            { name: 'client', conditions: [{ fact: 'owner', is: 'some' }] },
            {
              name: 'paid',
              conditions: [{ fact: 'inquiryChannel', test: 'in', values: ['paid'] }]
            }
          ]
        }
      ),
      owner: block(
        'ring',
        { ru: 'Свой менеджер', en: 'Own manager' },
        [2, 0],
        { talked: 'rating', noAnswer: 'queue' },
        { groupId, rounds: 1, assignedRingSeconds: 25 }
      ),
      tag: block(
        'tag',
        { ru: 'Метка рекламы', en: 'Tag of advertising' },
        [2, 1],
        { next: 'first' },
        { add: [text(locale, { ru: 'реклама', en: 'advertising' })] }
      ),
      first: block('queue', { ru: 'Вне очереди', en: 'Ahead of others' }, [3, 1], left, {
        groupId,
        priority: 10
      }),
      queue: block('queue', { ru: 'Очередь', en: 'Queue' }, [3, 2], left, { groupId }),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [4, 0], { next: null }, {}),
      callback: block(
        'callback',
        { ru: 'Перезвонить', en: 'Call back' },
        [4, 2],
        { next: null, noNumber: 'message' },
        { groupId, thanks: [prompt('all-busy'), prompt('callback-promised')] }
      ),
      message: block(
        'voicemail',
        { ru: 'Сообщение', en: 'Message' },
        [5, 2],
        { next: null },
        { taskGroupId: groupId }
      )
    }
  }
}
