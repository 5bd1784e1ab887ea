import { drawer, text } from './drawing.ts'
import type { Scheme } from './scheme.ts'
import { prompt } from './sounds.ts'

/** The language of a new scheme's prompts, and where its hours are kept. */
export interface TemplateOptions {
  locale?: 'ru' | 'en'
  /** IANA name. */
  timeZone?: string
}

/** Greeting → operators → rating; when nobody answers, a message is taken. At any hour. */
export function simpleScheme(groupId: string, { locale = 'ru' }: TemplateOptions = {}): Scheme {
  const block = drawer(locale)
  return {
    locale,
    start: 'greeting',
    blocks: {
      greeting: block(
        'greeting',
        { ru: 'Приветствие', en: 'Greeting' },
        [0, 0],
        { next: 'ring' },
        {
          sounds: [prompt('welcome'), prompt('call-recorded')]
        }
      ),
      ring: block(
        'ring',
        { ru: 'Операторы', en: 'Operators' },
        [1, 0],
        { talked: 'rating', noAnswer: 'busy' },
        {
          groupId
        }
      ),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [2, 0], { next: null }, {}),
      busy: block(
        'greeting',
        { ru: 'Все заняты', en: 'All busy' },
        [2, 1],
        { next: 'message' },
        {
          sounds: [prompt('all-busy')]
        }
      ),
      message: block('voicemail', { ru: 'Сообщение', en: 'Message' }, [3, 1], { next: null }, {})
    }
  }
}

/** A shop: hours, then a menu of sales (1) and service (2); silence goes to sales. Closed: a message is taken. */
export function shopScheme(
  { salesGroupId, serviceGroupId }: { salesGroupId: string; serviceGroupId: string },
  { locale = 'ru', timeZone = 'Europe/Moscow' }: TemplateOptions = {}
): Scheme {
  const block = drawer(locale)
  const day = [['09:00', '21:00']]
  const weekend = [['10:00', '18:00']]
  return {
    locale,
    start: 'hours',
    blocks: {
      hours: block(
        'schedule',
        { ru: 'Часы работы', en: 'Hours' },
        [0, 0],
        { open: 'menu', closed: 'closed' },
        {
          timeZone,
          hours: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: weekend, sun: weekend },
          holidays: []
        }
      ),
      menu: block(
        'menu',
        { ru: 'Меню', en: 'Menu' },
        [1, 0],
        { 1: 'sales', 2: 'service', noInput: 'sales', wrongInput: 'sales' },
        {
          prompt: [prompt('welcome'), prompt('menu-shop')],
          options: [
            { digit: '1', label: text(locale, { ru: 'Заказ', en: 'Order' }) },
            { digit: '2', label: text(locale, { ru: 'Доставка и возврат', en: 'Delivery and returns' }) }
          ],
          attempts: 2
        }
      ),
      sales: block(
        'ring',
        { ru: 'Продажи', en: 'Sales' },
        [2, 0],
        { talked: 'rating', noAnswer: 'busy' },
        {
          groupId: salesGroupId
        }
      ),
      service: block(
        'ring',
        { ru: 'Сервис', en: 'Service' },
        [2, 1],
        { talked: 'rating', noAnswer: 'busy' },
        {
          groupId: serviceGroupId,
          strategy: 'roundRobin'
        }
      ),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [3, 0], { next: null }, {}),
      busy: block(
        'greeting',
        { ru: 'Все заняты', en: 'All busy' },
        [3, 1],
        { next: 'message' },
        {
          sounds: [prompt('all-busy')]
        }
      ),
      closed: block(
        'greeting',
        { ru: 'Закрыто', en: 'Closed' },
        [1, 2],
        { next: 'message' },
        {
          sounds: [prompt('welcome'), prompt('closed')]
        }
      ),
      message: block('voicemail', { ru: 'Сообщение', en: 'Message' }, [4, 2], { next: null }, {})
    }
  }
}

/** A clinic: an emergency notice, hours, a menu of appointments (1), results (2) and the desk (0), all phones at once. */
export function clinicScheme(
  { appointmentsGroupId, deskGroupId }: { appointmentsGroupId: string; deskGroupId: string },
  { locale = 'ru', timeZone = 'Europe/Moscow' }: TemplateOptions = {}
): Scheme {
  const block = drawer(locale)
  const day = [['08:00', '20:00']]
  return {
    locale,
    start: 'notice',
    blocks: {
      notice: block(
        'greeting',
        { ru: 'Неотложная помощь', en: 'Emergency notice' },
        [0, 0],
        { next: 'hours' },
        {
          sounds: [prompt('welcome'), prompt('emergency')]
        }
      ),
      hours: block(
        'schedule',
        { ru: 'Часы приёма', en: 'Hours' },
        [1, 0],
        { open: 'menu', closed: 'closed' },
        {
          timeZone,
          hours: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [['09:00', '15:00']], sun: [] },
          holidays: []
        }
      ),
      menu: block(
        'menu',
        { ru: 'Меню', en: 'Menu' },
        [2, 0],
        { 1: 'appointments', 2: 'desk', 0: 'desk', noInput: 'desk', wrongInput: 'desk' },
        {
          prompt: [prompt('menu-clinic')],
          options: [
            { digit: '1', label: text(locale, { ru: 'Запись на приём', en: 'Appointments' }) },
            { digit: '2', label: text(locale, { ru: 'Результаты анализов', en: 'Test results' }) },
            { digit: '0', label: text(locale, { ru: 'Администратор', en: 'Reception desk' }) }
          ],
          attempts: 2
        }
      ),
      appointments: block(
        'ring',
        { ru: 'Запись', en: 'Appointments' },
        [3, 0],
        { talked: 'rating', noAnswer: 'desk' },
        { groupId: appointmentsGroupId, rounds: 1 }
      ),
      desk: block(
        'ring',
        { ru: 'Регистратура', en: 'Desk' },
        [4, 1],
        { talked: 'rating', noAnswer: 'busy' },
        {
          groupId: deskGroupId,
          assignedFirst: false,
          strategy: 'ringAll',
          ringSeconds: 30
        }
      ),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [5, 0], { next: null }, {}),
      busy: block(
        'greeting',
        { ru: 'Все заняты', en: 'All busy' },
        [5, 1],
        { next: 'message' },
        {
          sounds: [prompt('all-busy')]
        }
      ),
      closed: block(
        'greeting',
        { ru: 'Закрыто', en: 'Closed' },
        [2, 2],
        { next: 'message' },
        {
          sounds: [prompt('closed')]
        }
      ),
      message: block('voicemail', { ru: 'Сообщение', en: 'Message' }, [6, 2], { next: null }, {})
    }
  }
}
