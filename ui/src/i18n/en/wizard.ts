/** The first hour: the wizard that leads from an empty installation to an answered call, in English. */
export const wizard = {
  wizard: {
    text: 'From an empty installation to an answered call. Every step can be skipped, and come back to.',
    steps: 'Steps of the setup',
    progress: '{{done}} of {{all}} done',
    state: { open: 'open', done: 'done', skipped: 'skipped' },
    next: 'Go on',
    saveNext: 'Save and go on',
    back: 'Back',
    skip: 'Skip for now',
    company: {
      title: 'You and the company',
      text: 'Your account was made with a password from the first start. Make it yours.',
      textLater: 'Your account, and where the company is.',
      name: 'Your name',
      login: 'Login',
      loginHelp: 'Latin letters, digits, dots and dashes',
      password: 'New password',
      passwordHelp: 'At least 8 characters. Left empty, the password of the first start stays.',
      passwordDone: 'The password is changed in the menu at your name.',
      language: 'Language of your screens',
      country: 'Country',
      countryHelp:
        'How numbers are written, which emergency numbers always go out, and the only country that may be called at first.',
      timeZone: 'Time zone',
      timeZoneHelp: 'Working hours, days of reports and of the journal.'
    },
    address: {
      title: 'Address and sound',
      text: 'Voices travel in packets of their own (RTP). Here a call to yourself shows whether they find their way, and what to change if not.',
      local: 'Addresses of this machine',
      ports: 'Ports',
      portsText: 'SIP {{sip}} UDP and TCP; sound {{start}}–{{end}} UDP',
      pages: 'Address of the pages',
      pagesHow: 'Links are made with it; the setting is PUBLIC_URL.',
      run: 'Call myself and measure',
      again: 'Measure again',
      speak: 'Say something: your voice must come back.',
      notYet: 'Nothing was measured yet.',
      sent: 'sent',
      received: 'came back',
      rtt: 'there and back',
      jitter: 'unevenness',
      loss: 'lost',
      way: 'way',
      ms: '{{value}} ms',
      level: { failed: 'Must be changed', warning: 'Look at it', hint: 'Good to know', ok: 'Fine' }
    },
    finding: {
      soundNoServer:
        'The browser has no connection to the telephone server. If the pages come through a proxy, it must pass WebSockets at /sip.',
      soundRefused:
        'The telephone server refused the call to the echo number. Reload the page and try again.',
      soundNoPath:
        'No packet of sound found its way between this browser and the server. Let UDP {{start}}–{{end}} through the firewall, and switch a VPN off.',
      soundNoPathPrivate:
        'This browser is outside of the server’s network, and the server offers only private addresses. Set the public address above, and forward UDP {{start}}–{{end}} to this machine.',
      soundNothingBack:
        '{{sent}} packets went out and none came back: the server cannot reach this computer. Let UDP {{start}}–{{end}} out of the server’s firewall.',
      soundInsecure:
        'Browsers give the microphone to secure pages only. Open this page by https://, or on the server itself as localhost.',
      soundNoMicrophone:
        'The browser gave no microphone. Allow it at the lock beside the address, plug a headset in, and try again.',
      soundPoor:
        'Sound goes both ways, but not well: {{rtt}} ms there and back, unevenness {{jitter}} ms, {{loss}} % lost. People will notice. A cable instead of Wi-Fi helps most.',
      soundGood:
        'Sound goes both ways: {{sent}} packets out, {{received}} back, {{rtt}} ms there and back, by {{way}}.',
      externalUnresolved:
        'The public address is “{{address}}”, and no address belongs to that name. Correct it, or write the address itself.',
      externalPrivate:
        'The public address is {{address}}, which is private, but the carrier “{{trunk}}” is on the internet and cannot send sound there. Set it to the public address of your router.',
      externalMissing:
        'This machine has private addresses only, and the carrier “{{trunk}}” is on the internet: it would send sound nowhere. Set the public address of your router.',
      externalMissingLater:
        'No public address is set. Within one network that is right; a carrier on the internet needs it.',
      container:
        'The product runs in a container with a network of its own. Sound needs the host’s: network_mode: host in docker-compose.yml. Else UDP {{start}}–{{end}} and {{sip}} must be published one to one.',
      forward:
        '{{address}} belongs to a router. It must pass on to this machine, to the same ports: {{sip}} UDP and TCP, {{start}}–{{end}} UDP (1:1 NAT). Switch its “SIP ALG” off.',
      portsChanged:
        'The router changes the ports of packets: {{port}} left as {{fromPort}} (symmetric NAT). Carriers then answer to the wrong place. Forward the ports one to one, or set “static port” for this machine.',
      loopUnseen:
        'A packet to {{address}}:{{port}} did not come back. Many routers pass none from within, so this alone says little: a call from outside decides.',
      loopUnsent:
        'No packet could be sent to {{address}}: {{reason}}. The firewall of this machine may stop it.',
      loopSeen: 'A packet to {{address}}:{{port}} came back: the way in is open.',
      direct:
        'This machine has the address {{address}} itself. Let {{sip}} UDP and TCP and {{start}}–{{end}} UDP through its firewall.'
    },
    trunk: {
      title: 'Carrier',
      text: 'The company that brings your calls. Its letter names a server, a login and a password, or says that it knows you by your address.',
      change: 'Change',
      another: 'Add another carrier'
    },
    number: {
      title: 'Number',
      text: 'The telephone number that the carrier gave you. Paste it as it is written.',
      number: 'Telephone number',
      isRead: 'It is {{number}} · {{place}}',
      isNone: 'This is no telephone number.',
      trunk: 'It comes from',
      label: 'Where it is shown',
      labelHelp: 'Such as “Site header”; may stay empty.',
      source: 'Source',
      sourceHelp: 'What brings these callers. It is shown with every call; may stay empty.',
      sourceNone: 'Not yet',
      there: 'Your numbers',
      another: 'Add another number'
    },
    scheme: {
      title: 'Way of calls',
      text: 'What a caller hears, and whose telephones ring. Choose one to begin with: every block can be changed later.',
      who: 'Whose telephones ring',
      mainGroup: 'Operators',
      newGroup: 'A new group: “{{name}}”',
      withYou: 'New groups begin with you alone; the next step invites the others.',
      preview: 'The way of a call',
      publish: 'Publish and go on',
      for: 'It answers {{number}}.',
      noNumber: 'There is no number yet: the scheme waits for one.',
      there: 'Calls to {{number}} go by “{{name}}”.',
      edit: 'Open in the editor',
      another: 'Choose another one'
    },
    people: {
      title: 'Operators',
      text: 'Each gets a link, chooses a password, and can take calls. The link works once, for seven days.',
      name: 'Name',
      login: 'Login',
      role: 'Role',
      group: 'Group',
      noGroup: 'None',
      invite: 'Invite',
      invited: 'Invited',
      waits: 'has not come yet',
      here: 'is in',
      link: 'Link for {{name}}',
      linkText: 'Send it to nobody else. It is shown only now; a new one ends it.',
      newLink: 'New link',
      nobody: 'Nobody is invited yet. You can answer calls yourself too.'
    },
    tryout: {
      title: 'First call',
      text: 'Your telephone is this page. Call your number from a mobile: the call rings here.',
      ownPhone: 'Your telephone',
      ready: 'is ready: calls ring here',
      notReady: 'is not connected yet',
      noPresence: 'You do not take calls now.',
      takeCalls: 'Take calls',
      call: 'Now call {{number}} from any telephone',
      noNumber: 'There is no number yet, so nobody can call you. Add one first.',
      toNumber: 'Add a number',
      waits: 'We wait for it …',
      came: 'It came: from {{number}}',
      cameHidden: 'It came, without a number',
      in: 'it hears “{{step}}”',
      rings: 'rings at {{names}}',
      answered: 'answered by {{name}}',
      ended: 'the call has ended',
      works: 'It works. This is your first call, from the number to the talk.',
      journal: 'See it in the journal',
      out: 'Or let us call your mobile',
      outText:
        'Your mobile rings over the carrier. Answer it, and you go the way of a caller of {{number}}: greeting, menu, operators who really ring. Rules and limits of outgoing calls hold; reports leave it out.',
      noScheme: 'It needs a way of calls: publish a scheme for {{number}} first.',
      mobile: 'Your mobile',
      callMe: 'Call me now',
      noCarrier: 'It needs a carrier that is connected.',
      called: 'We call {{number}}',
      pickedUp: 'it has answered',
      notPickedUp: 'nobody has answered there',
      worksCalled:
        'It works, from the carrier to the talk. Whether the carrier brings calls to your number, a call from outside shows.'
    },
    end: {
      title: 'Your telephones work',
      titleOpen: 'Almost there',
      text: 'What people do next:',
      textOpen: 'Left open: {{steps}}. You can come back whenever you like.',
      journal: 'Journal',
      journalText: 'Every call with its way, its source and its recording',
      schemes: 'Schemes',
      schemesText: 'Menus, hours, queues: drawn, tried and published',
      sites: 'Sites',
      sitesText: 'A number for each visitor, so that you see the ad behind the call',
      users: 'People',
      usersText: 'More operators, roles and groups',
      system: 'System',
      systemText: 'Backups, certificate and disk in green and red',
      close: 'To the calls'
    }
  }
}
