/** What amoCRM reads first: where the widget lives, and what it asks when it is installed. */
export const manifest = {
  widget: {
    ...{ name: 'widget.name', description: 'widget.description' },
    short_description: 'widget.short_description',
    ...{ version: '1.0.0', interface_version: 2, init_once: true, locale: ['ru', 'en'], installation: true }
  },
  locations: ['ccard-1', 'clist-1', 'lcard-1', 'llist-1', 'comcard-1', 'everywhere'],
  settings: { address: { name: 'settings.address', type: 'text', required: true } }
}

/** Its texts; `call`: what a click is answered with, by the reason that it led to no call. */
export const i18n = {
  ru: {
    widget: {
      name: 'Ringtrace',
      description: 'Звонок по нажатию на номер: сначала звонит ваш телефон, потом телефон клиента.',
      short_description: 'Звонки через Ringtrace'
    },
    settings: { address: 'Адрес связи из Ringtrace' },
    call: {
      placed: 'Возьмите трубку: звоним клиенту',
      failed: 'Позвонить не удалось',
      noSuchPerson: 'Вы не сопоставлены ни с кем в Ringtrace: попросите администратора',
      operator_busy: 'Вы уже разговариваете',
      operator_unreachable: 'Ваш телефон в Ringtrace не подключён',
      no_phone: 'Ваш телефон в Ringtrace не подключён'
    }
  },
  en: {
    widget: {
      name: 'Ringtrace',
      description: 'A click on a number calls: your telephone rings first, then the client’s.',
      short_description: 'Calls through Ringtrace'
    },
    settings: { address: 'Address of the link from Ringtrace' },
    call: {
      placed: 'Pick up: the client is being called',
      failed: 'The call could not be placed',
      noSuchPerson: 'You are matched with nobody in Ringtrace: ask your administrator',
      operator_busy: 'You are in a call',
      operator_unreachable: 'Your telephone in Ringtrace is not connected',
      no_phone: 'Your telephone in Ringtrace is not connected'
    }
  }
}

/** Runs in the account. A click goes to us by the account's own server (`crm_post`), with who has clicked. */
export const script = `define([], function () {
  return function () {
    var self = this

    function say(text, isBad) {
      var notes = typeof AMOCRM === 'object' && AMOCRM.notifications
      if (!notes) return
      var message = { header: 'Ringtrace', text: text, date: Math.floor(Date.now() / 1000) }
      if (isBad) notes.show_message_error(message)
      else notes.show_message(message)
    }

    function call(phone) {
      var words = self.i18n('call')
      var address = self.get_settings().address
      var click = Date.now().toString(36) + Math.random().toString(36).slice(2)
      self.crm_post(
        address,
        {
          account: AMOCRM.constant('account').subdomain,
          user: String(AMOCRM.constant('user').id),
          phone: String(phone),
          click: click
        },
        function (answer) {
          if (answer && answer.ok) say(words.placed, false)
          else say((answer && words[answer.reason]) || words.failed, true)
        },
        'json',
        function () {
          say(words.failed, true)
        }
      )
    }

    this.callbacks = {
      render: function () {
        return true
      },
      init: function () {
        self.add_action('phone', function (data) {
          call(data.value)
        })
        return true
      },
      bind_actions: function () {
        return true
      },
      settings: function () {
        return true
      },
      onSave: function () {
        return true
      },
      destroy: function () {}
    }
    return this
  }
})
`
