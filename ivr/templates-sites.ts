import { drawer } from './drawing.ts'
import type { Scheme } from './scheme.ts'
import { prompt } from './sounds.ts'
import type { TemplateOptions } from './templates.ts'

/**
 * Two offices behind one company: whoever phones a number of an office is rung through to its people, and those of the
 * other office help out; anybody else chooses by a key. `sites` says which site belongs to which office.
 */
export function officesScheme(
  { firstGroupId, secondGroupId }: { firstGroupId: string; secondGroupId: string },
  sites: { first: string; second: string },
  { locale = 'ru' }: TemplateOptions = {}
): Scheme {
  const block = drawer(locale)
  const office = (groupId: string, other: string): Record<string, unknown> => ({
    groupId,
    furtherGroupIds: [other]
  })
  const bySite = (name: string, site: string): Record<string, unknown> => ({
    name,
    conditions: [{ fact: 'site', test: 'in', values: [site] }]
  })
  return {
    locale,
    start: 'greeting',
    blocks: {
      greeting: block(
        'greeting',
        { ru: 'Приветствие', en: 'Greeting' },
        [0, 0],
        { next: 'site' },
        { sounds: [prompt('welcome'), prompt('call-recorded')] }
      ),
      site: block(
        'condition',
        { ru: 'Какой офис', en: 'Which office' },
        [1, 0],
        { first: 'first', second: 'second', otherwise: 'menu' },
        { rules: [bySite('first', sites.first), bySite('second', sites.second)] }
      ),
      menu: block(
        'menu',
        { ru: 'Выбор офиса', en: 'Choice of office' },
        [2, 2],
        { 1: 'first', 2: 'second', noInput: 'first', wrongInput: 'first' },
        {
          prompt: [prompt('menu-hint')],
          options: [
            { digit: '1', label: locale === 'ru' ? 'Первый офис' : 'First office' },
            { digit: '2', label: locale === 'ru' ? 'Второй офис' : 'Second office' }
          ],
          attempts: 2
        }
      ),
      first: block(
        'ring',
        { ru: 'Первый офис', en: 'First office' },
        [3, 0],
        { talked: 'rating', noAnswer: 'busy' },
        office(firstGroupId, secondGroupId)
      ),
      second: block(
        'ring',
        { ru: 'Второй офис', en: 'Second office' },
        [3, 1],
        { talked: 'rating', noAnswer: 'busy' },
        office(secondGroupId, firstGroupId)
      ),
      rating: block('rating', { ru: 'Оценка', en: 'Rating' }, [4, 0], { next: null }, {}),
      busy: block(
        'greeting',
        { ru: 'Все заняты', en: 'All busy' },
        [4, 1],
        { next: 'message' },
        { sounds: [prompt('all-busy')] }
      ),
      message: block('voicemail', { ru: 'Сообщение', en: 'Message' }, [5, 1], { next: null }, {})
    }
  }
}
