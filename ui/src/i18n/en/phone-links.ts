/** Telephone links of other pages and programs, in English. */
export const phoneLinks = {
  phoneLinks: {
    offer: 'Open telephone links here',
    asked:
      'The browser will ask whether to open telephone links in Ringtrace. Agree: the number appears here, and you place the call yourself.',
    unable: 'This browser cannot open such links on a site. Copy the number and paste it into the dial box.'
  }
}
