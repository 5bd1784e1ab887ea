/** The public address of the installation, in English. */
export const publicAddressTexts = {
  publicAddress: {
    title: 'Public address',
    text: 'What carriers and browsers outside are told: the address of your router, or a host name. It is in use at once, talks go on as they are, and carriers are told anew. Without NAT it stays empty.',
    ruled:
      'It comes from the environment of the server (EXTERNAL_ADDRESS), which rules what is set here. To change it, change it there and start the server again.',
    save: 'Use it',
    remove: 'Remove',
    saved: 'The public address is in use. New calls have it.',
    removed: 'The public address is gone. New calls have the addresses of this machine.',
    invalid: 'An IPv4 address such as 203.0.113.5, or a name such as pbx.example.com.',
    standsFor: 'now {{address}}',
    unresolved: 'no address belongs to this name now',
    waits: 'Asterisk does not have it yet: it is told again every minute',
    check: 'Check whether sound finds its way',
    use: 'Use {{address}}',
    useCarrier: 'Use {{address}}: “{{about}}” sees us so',
    usePages: 'Use {{address}}: these pages are open at it',
    enter: 'Enter the address'
  }
}
