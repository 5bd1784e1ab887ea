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
    id: 'please-wait',
    ru: 'Пожалуйста, оставайтесь на линии. Вам ответит первый освободившийся оператор.',
    en: 'Please stay on the line. The first operator to become free will answer your call.'
  },
  {
    id: 'queue-place',
    ru: 'Ваш номер в очереди:',
    en: 'Your position in the queue is'
  },
  {
    id: 'queue-wait',
    ru: 'Примерное время ожидания в минутах:',
    en: 'The estimated waiting time, in minutes, is'
  },
  {
    id: 'queue-soon',
    ru: 'Вам ответят в течение минуты.',
    en: 'Your call will be answered within a minute.'
  },
  {
    id: 'queue-full',
    ru: 'К сожалению, сейчас звонят слишком много людей. Пожалуйста, перезвоните позже.',
    en: 'We are sorry, too many people are calling us right now. Please call again later.'
  },
  {
    id: 'callback-offer',
    ru: 'Мы можем перезвонить вам, сохранив ваше место в очереди. Чтобы заказать звонок, нажмите',
    en: 'We can call you back and keep your place in the queue. To order a call, press'
  },
  {
    id: 'callback-promised',
    ru: 'Спасибо! Мы вам перезвоним.',
    en: 'Thank you! We will call you back.'
  },
  {
    id: 'callback-number',
    ru: 'Номер, по которому мы перезвоним:',
    en: 'The number that we will call is'
  },
  {
    id: 'enter-number',
    ru: 'Пожалуйста, наберите номер вашего телефона, а в конце нажмите решётку.',
    en: 'Please key in your telephone number, and press the hash key when you have finished.'
  },
  {
    id: 'press-hash',
    ru: 'Чтобы закончить, нажмите решётку.',
    en: 'To finish, press the hash key.'
  },
  {
    id: 'wrong-number',
    ru: 'Такой номер не подходит.',
    en: 'That is not a telephone number.'
  },
  {
    id: 'menu-closed',
    ru: 'Чтобы мы перезвонили вам, когда откроемся, нажмите один. Чтобы оставить сообщение, нажмите два.',
    en: 'To be called back when we open, press one. To leave a message, press two.'
  },
  {
    id: 'not-available',
    ru: 'К сожалению, абонент сейчас не отвечает.',
    en: 'We are sorry, there is no answer at the moment.'
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

/** A number read out digit by digit; keys of a telephone are read by their names. */
export function digitSounds(text: string): readonly Sound[] {
  return [...text].flatMap((key) => {
    const name = key === '*' ? 'star' : key === '#' ? 'pound' : /^\d$/.test(key) ? key : null
    return name === null ? [] : [{ sound: `digits/${name}` }]
  })
}
