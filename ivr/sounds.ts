import type { Sound } from './block.ts'

/** One of our own prompts: its text in each language, from which its files are made. */
export interface Prompt {
  id: string
  ru: string
  en: string
}

/** The prompts that come with the system. Asterisk knows each as `sound:ringtrace/<id>`, by channel language. */
export const prompts = [
  {
    id: 'welcome',
    ru: 'Здравствуйте! Спасибо, что позвонили нам.',
    en: 'Hello! Thank you for calling.'
  },
  {
    id: 'call-recorded',
    ru: 'Для улучшения качества обслуживания разговор может быть записан.',
    en: 'This call may be recorded to help us improve our service.'
  },
  {
    id: 'menu-hint',
    ru: 'Пожалуйста, выберите нужный пункт, нажав цифру на телефоне.',
    en: 'Please choose an option by pressing a key on your phone.'
  },
  {
    id: 'menu-shop',
    ru: 'Чтобы сделать заказ, нажмите один. По вопросам доставки и возврата нажмите два.',
    en: 'To place an order, press one. For delivery and returns, press two.'
  },
  {
    id: 'menu-clinic',
    ru: 'Чтобы записаться на приём, нажмите один. Чтобы узнать о результатах анализов, нажмите два. Для связи с администратором нажмите ноль.',
    en: 'To make an appointment, press one. For test results, press two. To speak to the reception desk, press zero.'
  },
  {
    id: 'emergency',
    ru: 'Если нужна неотложная помощь, положите трубку и позвоните по номеру сто двенадцать.',
    en: 'If this is an emergency, please hang up and call one one two.'
  },
  {
    id: 'connecting',
    ru: 'Пожалуйста, оставайтесь на линии. Соединяем вас с оператором.',
    en: 'Please stay on the line. We are connecting you to an operator.'
  },
  {
    id: 'all-busy',
    ru: 'К сожалению, сейчас все операторы заняты.',
    en: 'We are sorry, all our operators are busy at the moment.'
  },
  {
    id: 'closed',
    ru: 'К сожалению, сейчас мы не работаем.',
    en: 'We are sorry, we are closed at the moment.'
  },
  {
    id: 'leave-message',
    ru: 'Пожалуйста, оставьте сообщение после сигнала. Чтобы закончить запись, нажмите решётку.',
    en: 'Please leave a message after the tone. Press the hash key when you have finished.'
  },
  {
    id: 'rate-talk',
    ru: 'Пожалуйста, оцените разговор: нажмите цифру от одного до пяти, где пять — отлично.',
    en: 'Please rate the conversation: press a key from one to five, where five is excellent.'
  },
  {
    id: 'thank-you',
    ru: 'Спасибо! Всего доброго.',
    en: 'Thank you! Goodbye.'
  },
  {
    id: 'wrong-key',
    ru: 'Такого пункта нет.',
    en: 'That is not a valid option.'
  },
  {
    id: 'no-such-number',
    ru: 'Набранный вами номер не обслуживается. Проверьте номер и позвоните ещё раз.',
    en: 'The number you have dialled is not in service. Please check the number and call again.'
  }
] as const satisfies readonly Prompt[]

export type PromptId = (typeof prompts)[number]['id']

/** The folder of our prompts, under the sounds of each language. */
export const promptFolder = 'ringtrace'

/** A system prompt as blocks play it. */
export function prompt(id: PromptId): { sound: string } {
  return { sound: `${promptFolder}/${id}` }
}

/** The short tone before a recording, from Asterisk's core sounds. */
export const beep: Sound = { sound: 'beep' }
