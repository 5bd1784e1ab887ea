export const bitrix24 = {
  name: 'Bitrix24',
  about:
    'The client’s card while it rings, the call in the CRM with rating and recording, a click on a number calls through Ringtrace.',
  fields: {
    portal: {
      label: 'Address of your Bitrix24',
      wrong: 'This must be the address of a portal, such as company.bitrix24.ru.'
    },
    clientId: { label: 'Application code (client_id)' },
    clientSecret: { label: 'Application key (client_secret)' },
    isShowingCard: { label: 'Open the client’s card while it rings' },
    isCreating: { label: 'Make a lead of an unknown client' },
    isSendingRecords: { label: 'Attach recordings' },
    isTellingSource: { label: 'Write source, campaign and keyword into the client’s card' }
  },
  steps: {
    app: 'Make a local application',
    appText:
      'In Bitrix24 open Developer resources → Other → Local application. Choose “Server” and “Script only, no interface”. Give it the rights Telephony (telephony), CRM (crm) and Users (user).',
    address: 'Give it this address twice',
    addressText:
      'Enter it as the path of the handler and as the path of the first installation. It holds a secret: show it to nobody.',
    keys: 'Bring its two codes here',
    keysText:
      'Bitrix24 shows them when the application is saved. They are kept sealed and are never shown again.',
    install: 'Press “Install” in Bitrix24',
    installText: 'The page goes on by itself as soon as Bitrix24 answers.'
  },
  troubles: {
    login: 'The application or its rights were taken away. Install it again in Bitrix24, or check its codes.',
    notInstalled: 'The application is not installed yet: press “Install” in Bitrix24.',
    otherPortal: 'These codes belong to another portal.',
    installAgain: 'The codes of the new application are kept. Install it in Bitrix24: calls wait until then.'
  }
}
