/** The certificate of the installation, in English. */
export const certificates = {
  certificates: {
    title: 'Certificate',
    text: 'The same certificate serves browsers (https) and carriers that come by TLS.',
    inUse: 'In use now',
    noHttps:
      'This machine speaks plain http: the certificate serves carriers by TLS only. For https here, start with TLS=on; behind a proxy, the proxy has its own certificate.',
    webAndSip: 'Browsers, and carriers by TLS on port {{port}}',
    webOnly: 'Browsers',
    sipOnly: 'Carriers by TLS on port {{port}}',
    nobody: 'Nobody',
    serves: 'Serves',
    source: 'Where from',
    sources: {
      files: 'Files that the environment names; read again when they change',
      uploaded: 'Uploaded here',
      selfSigned: 'Made by this installation (self-signed)',
      kept: 'The last good one: the named files cannot be used'
    },
    subject: 'Made for',
    issuer: 'Signed by',
    names: 'Names',
    ends: 'Valid until',
    daysLeft_one: '{{count}} more day',
    daysLeft_other: '{{count}} more days',
    ended: 'It has ended',
    fingerprint: 'SHA-256',
    copy: 'Copy',
    copied: 'Copied',
    trust: 'Trust',
    trusts: {
      public: 'Browsers trust it',
      private: 'Only machines that know your authority trust it',
      selfSigned: 'Browsers warn at the first visit'
    },
    warnSelfSigned:
      'Browsers warn because nobody else has signed this certificate; the traffic is sealed all the same. Compare the SHA-256 that the browser shows with the one below and go on, or bring a certificate of your own.',
    warnChain:
      'The certificate of whoever signed it is missing, so some browsers and carriers refuse it. Give fullchain.pem, with the whole chain.',
    warnName: 'It does not name the host of PUBLIC_URL, so browsers refuse it there.',
    broken: 'The new files cannot be used; the certificate below stays. {{why}}',
    bring: 'Bring a certificate',
    replace: 'Replace it',
    bringText:
      'Two files in PEM, as every authority gives them. They are checked before anything changes, are used at once, and nobody is cut off.',
    cert: 'Certificate chain',
    certHelp: 'fullchain.pem: your certificate, then those of whoever signed it',
    key: 'Private key',
    keyHelp: 'privkey.pem, without a passphrase. It never leaves this server again',
    choose: 'Choose a file',
    paste: 'or paste its text',
    save: 'Check and use',
    saved: 'The new certificate is in use',
    remove: 'Remove it',
    removeText: 'Remove the uploaded certificate? A self-signed one is used again, of which browsers warn.',
    removed: 'The self-signed certificate is used again',
    tooLarge: 'This file is too large for a certificate or a key.',
    fromFiles:
      'The certificate comes from these files. Renew them there (as certbot does): they are looked at twice a minute.',
    open: 'See the certificate',
    refused: {
      noCertificate:
        'There is no certificate in this file. Choose fullchain.pem: it holds “BEGIN CERTIFICATE”.',
      badCertificate: 'A certificate in this file is damaged. Copy the whole file again.',
      noKey: 'There is no private key in this file. Choose privkey.pem: it holds “BEGIN PRIVATE KEY”.',
      lockedKey:
        'The key is locked with a passphrase. Unlock it first: openssl pkey -in key.pem -out open.pem',
      badKey: 'The private key is damaged. Copy the whole file again.',
      weakKey:
        'The key is too short for browsers. Have a certificate made with RSA of 2048 bits or more, or ECDSA.',
      otherKey:
        'The key belongs to another certificate. Give the key with which this certificate was ordered.',
      stranger: 'The file holds a certificate that does not belong to the chain: {{about}}. Leave it out.',
      noNames:
        'The certificate names no host, so browsers refuse it. Have one made with subject alternative names.',
      notForServers: 'The certificate is not for servers. Order one for a web server.',
      notYet: 'The certificate is not valid yet. Look at the clock of this machine.',
      ended: 'The certificate has ended. Renew it.',
      unreadable:
        'The file {{about}} cannot be read. Look whether it is there, and whether this user may read it.'
    }
  }
}
