import { expect } from 'chai'
import { deviceOf, isMachine } from '../../../tracking/bots.ts'
import { classify, direct, sessionMs, type Before, type Touch } from '../../../tracking/classify.ts'
import { clean, landingOf } from '../../../tracking/landing.ts'

const site = { ownHosts: ['okna.example', 'окна.рф'] }
const home = 'https://okna.example/'
const atMs = Date.parse('2026-11-20T10:00:00Z')
const seen = (touch: Touch, agoMs: number): Before => ({ touch, seenMs: atMs - agoMs })
const newcomer = (url: string, referrer: string | null) => classify({ url, referrer }, site, null, atMs)

describe('A newcomer', () => {
  type Row = [url: string, referrer: string | null, channel: string, source: string, medium: string]
  const rows: Row[] = [
    // 1. Marks in the address
    ['?utm_source=yandex&utm_medium=cpc&utm_campaign=x', null, 'paid', 'yandex', 'cpc'],
    ['?utm_source=Google&utm_medium=CPC', null, 'paid', 'google', 'CPC'],
    ['?UTM_SOURCE=google&UTM_MEDIUM=ppc', null, 'paid', 'google', 'ppc'],
    ['?utm_source=vk&utm_medium=social', null, 'social', 'vk', 'social'],
    ['?utm_source=vk&utm_medium=cpc', 'https://vk.com/', 'paid', 'vk', 'cpc'],
    ['?utm_source=vk', null, 'social', 'vk', '(not set)'],
    ['?utm_source=mytarget&utm_medium=banner', null, 'display', 'mytarget', 'banner'],
    ['?utm_source=yandex&utm_medium=cpm', null, 'display', 'yandex', 'cpm'],
    ['?utm_source=admitad&utm_medium=cpa', null, 'affiliate', 'admitad', 'cpa'],
    ['?utm_source=unisender&utm_medium=email', null, 'email', 'unisender', 'email'],
    ['?utm_source=tg&utm_medium=messenger', null, 'messenger', 'tg', 'messenger'],
    ['?utm_source=telegram', null, 'messenger', 'telegram', '(not set)'],
    ['?utm_source=leaflet&utm_medium=qr', null, 'offline', 'leaflet', 'qr'],
    ['?utm_source=friend&utm_medium=recommendation', null, 'recommendation', 'friend', 'recommendation'],
    ['?utm_source=blog&utm_medium=internal', null, 'internal', 'blog', 'internal'],
    ['?utm_source=partner.example&utm_medium=referral', null, 'referral', 'partner.example', 'referral'],
    ['?utm_source=thing&utm_medium=whatever', null, 'unknown', 'thing', 'whatever'],
    ['?utm_campaign=only', null, 'unknown', '(not set)', '(not set)'],
    ['?utm_campaign=only', 'https://www.google.com/', 'unknown', 'google', '(not set)'],
    ['?utm_campaign=only&gclid=1', null, 'paid', 'google', 'cpc'],
    ['?gclid=abc', 'https://www.google.com/', 'paid', 'google', 'cpc'],
    ['?gbraid=abc', null, 'paid', 'google', 'cpc'],
    ['?wbraid=abc', null, 'paid', 'google', 'cpc'],
    ['?yclid=123', 'https://yandex.ru/', 'paid', 'yandex', 'cpc'],
    ['?ymclid=123', null, 'paid', 'yandex', 'cpc'],
    ['?msclkid=1', null, 'paid', 'bing', 'cpc'],
    ['?fbclid=1', null, 'social', 'facebook', 'social'],
    ['?yclid=1&utm_source=direct1&utm_medium=weird', null, 'paid', 'direct1', 'weird'],
    ['?utm_source=ig&utm_medium=paid_social&fbclid=1', null, 'paid', 'ig', 'paid_social'],
    ['?_openstat=ZGlyZWN0LnlhbmRleC5ydTs0Mjs3O3lhbmRleC5ydTp0b3A=', null, 'paid', 'direct.yandex.ru', 'cpc'],
    ['?_openstat=market;42;7;top', null, 'paid', 'market', 'cpc'],
    ['?roistat=direct1_search_7_windows', null, 'paid', 'direct1', 'cpc'],
    ['?from=catalogue', null, 'unknown', 'catalogue', '(not set)'],
    ['?from=vk', null, 'social', 'vk', '(not set)'],
    ['#/?utm_source=google&utm_medium=cpc', null, 'paid', 'google', 'cpc'],
    ['#utm_source=google&utm_medium=cpc', null, 'paid', 'google', 'cpc'],
    // 2. Search engines
    ['', 'https://www.google.com/', 'organic', 'google', 'organic'],
    ['', 'https://google.co.uk/search?q=x', 'organic', 'google', 'organic'],
    ['', 'https://yandex.ru/', 'organic', 'yandex', 'organic'],
    ['', 'https://www.yandex.kz/search/?text=%D0%BE', 'organic', 'yandex', 'organic'],
    ['', 'https://ya.ru/', 'organic', 'yandex', 'organic'],
    ['', 'https://www.bing.com/search?q=a', 'organic', 'bing', 'organic'],
    ['', 'https://search.yahoo.com/', 'organic', 'yahoo', 'organic'],
    ['', 'https://go.mail.ru/search', 'organic', 'mail.ru', 'organic'],
    ['', 'https://nova.rambler.ru/', 'organic', 'rambler', 'organic'],
    ['', 'https://duckduckgo.com/', 'organic', 'duckduckgo', 'organic'],
    ['', 'https://search.tut.by/', 'organic', 'tut.by', 'organic'],
    ['', 'android-app://com.google.android.googlequicksearchbox/', 'organic', 'google', 'organic'],
    ['', 'https://yabs.yandex.ru/count/1', 'paid', 'yandex', 'cpc'],
    // 3. Foreign hosts
    ['', 'https://t.co/abc', 'social', 'twitter', 'social'],
    ['', 'https://away.vk.com/away.php', 'social', 'vk', 'social'],
    ['', 'https://l.facebook.com/l.php', 'social', 'facebook', 'social'],
    ['', 'https://m.ok.ru/', 'social', 'ok', 'social'],
    ['', 'https://dzen.ru/a/1', 'social', 'dzen', 'social'],
    ['', 'https://t.me/channel', 'social', 'telegram', 'social'],
    ['', 'https://web.telegram.org/', 'messenger', 'telegram', 'messenger'],
    ['', 'https://mail.google.com/', 'email', 'gmail', 'email'],
    ['', 'https://e.mail.ru/inbox', 'email', 'mail.ru', 'email'],
    ['', 'https://mail.yandex.ru/', 'email', 'yandex-mail', 'email'],
    ['', 'https://docs.google.com/', 'referral', 'docs.google.com', 'referral'],
    ['', 'https://www.forum.example/t/1', 'referral', 'forum.example', 'referral'],
    ['', 'https://notgoogle.com/', 'referral', 'notgoogle.com', 'referral'],
    ['', 'https://google.com.evil.example/', 'referral', 'google.com.evil.example', 'referral'],
    ['', 'https://okna.example.evil.example/', 'referral', 'okna.example.evil.example', 'referral'],
    // 4. Nothing
    ['', null, 'direct', '(direct)', '(none)'],
    ['', '', 'direct', '(direct)', '(none)'],
    ['', 'https://okna.example/other', 'direct', '(direct)', '(none)'],
    ['', 'https://www.okna.example/', 'direct', '(direct)', '(none)'],
    ['', 'https://shop.okna.example/', 'direct', '(direct)', '(none)'],
    ['', 'https://xn--80atjc.xn--p1ai/', 'direct', '(direct)', '(none)'],
    ['', 'javascript:alert(1)', 'direct', '(direct)', '(none)'],
    ['', 'no address at all', 'direct', '(direct)', '(none)']
  ]
  for (const [query, referrer, channel, source, medium] of rows) {
    it(`at ${query || 'a plain address'} from ${referrer ?? 'nowhere'} is ${channel}: ${source} / ${medium}`, () => {
      const { touch, current, isNewVisit } = newcomer(home + query, referrer)
      expect([touch.inquiryChannel, touch.source, touch.medium]).to.deep.equal([channel, source, medium])
      expect(current).to.deep.equal(touch)
      expect(isNewVisit).to.equal(true)
    })
  }

  it('brings campaign, keyword, content and ids with it', () => {
    const { touch } = newcomer(
      `${home}?utm_source=yandex&utm_medium=cpc&utm_campaign=okna&utm_term=%D0%BA%D1%83%D0%BF%D0%B8%D1%82%D1%8C&utm_content=ad1&yclid=9&utm_region=77`,
      null
    )
    expect(touch).to.deep.include({ campaign: 'okna', keyword: 'купить', content: 'ad1' })
    expect(touch.clickIds).to.deep.equal({ yclid: '9' })
    expect(touch.utm).to.deep.include({ region: '77' })
  })

  it('keeps the words of a search where the engine tells them', () => {
    expect(newcomer(home, 'https://www.bing.com/search?q=buy+windows').touch.keyword).to.equal('buy windows')
    expect(newcomer(home, 'https://yandex.ru/').touch.keyword).to.equal(null)
  })

  it('of an isolated site counts its other subdomains as referrers', () => {
    const isolated = { ownHosts: ['shop.okna.example'], isIsolated: true }
    const page = { url: 'https://shop.okna.example/', referrer: 'https://blog.shop.okna.example/' }
    expect(classify(page, isolated, null, atMs).touch.inquiryChannel).to.equal('referral')
  })
})

describe('Somebody who was here before', () => {
  const ad = newcomer(`${home}?utm_source=yandex&utm_medium=cpc&utm_campaign=a`, null).touch
  const minute = 60_000
  type Row = [
    what: string,
    url: string,
    referrer: string | null,
    before: Before,
    rule: string,
    now: string,
    isNew: boolean
  ]
  const rows: Row[] = [
    ['goes on', '', 'https://okna.example/', seen(ad, minute), 'kept', 'yandex', false],
    [
      'reloads the landing page',
      '?utm_source=yandex&utm_medium=cpc&utm_campaign=a',
      null,
      seen(ad, minute),
      'kept',
      'yandex',
      false
    ],
    [
      'clicks another ad',
      '?utm_source=google&utm_medium=cpc',
      null,
      seen(ad, minute),
      'campaign',
      'google',
      true
    ],
    [
      'clicks the same ad next day',
      '?utm_source=yandex&utm_medium=cpc&utm_campaign=a',
      null,
      seen(ad, 24 * 60 * minute),
      'campaign',
      'yandex',
      true
    ],
    ['comes by a search', '', 'https://www.google.com/', seen(ad, minute), 'organic', 'google', true],
    ['comes back from a bank', '', 'https://bank.example/3ds', seen(ad, 5 * minute), 'kept', 'yandex', false],
    ['comes back from a mailbox', '', 'https://e.mail.ru/', seen(ad, 5 * minute), 'kept', 'yandex', false],
    [
      'comes by a link next day',
      '',
      'https://forum.example/',
      seen(ad, 24 * 60 * minute),
      'referral',
      'forum.example',
      true
    ],
    ['types the address next day', '', null, seen(ad, 24 * 60 * minute), 'direct', 'yandex', true],
    ['is silent just short of half an hour', '', null, seen(ad, sessionMs - 1), 'kept', 'yandex', false],
    ['is silent for half an hour', '', null, seen(ad, sessionMs), 'direct', 'yandex', true],
    ['was direct and stays', '', null, seen(direct, minute), 'kept', '(direct)', false],
    [
      'was direct and comes by a link within the visit',
      '',
      'https://forum.example/',
      seen(direct, minute),
      'kept',
      '(direct)',
      false
    ]
  ]
  for (const [what, query, referrer, before, rule, now, isNewVisit] of rows) {
    it(`${what}: ${rule}, and ${now} stands`, () => {
      const found = classify({ url: home + query, referrer }, site, before, atMs)
      expect(found).to.deep.include({ rule, isNewVisit })
      expect(found.current.source).to.equal(now)
    })
  }

  it('who comes directly leaves a direct touch, but direct overrides nothing', () => {
    const found = classify({ url: home, referrer: null }, site, seen(ad, 24 * 60 * minute), atMs)
    expect(found.touch.inquiryChannel).to.equal('direct')
    expect(found.current).to.deep.equal(ad)
  })
})

describe('Hostile addresses', () => {
  it('of any kind give a result, with an end to every field', () => {
    const long = 'x'.repeat(100_000)
    const many = Array.from({ length: 1000 }, (_, i) => `utm_a${'b'.repeat(i % 25)}=${i}`).join('&')
    for (const url of [
      `${home}?utm_source=${long}&utm_medium=${long}&gclid=${long}`,
      `${home}?${many}`,
      `${home}?utm_source=%00%ff%ed%a0%80&utm_medium=\u0000`,
      `${home}?utm_source='; drop table visits; --&utm_medium=<script>`,
      `${home}?_openstat=${'A'.repeat(5000)}`,
      `${home}?utm___proto__=1&utm_constructor=2`,
      'about:blank',
      'https://',
      ''
    ]) {
      const { touch } = newcomer(url, `https://${long.slice(0, 60)}.example/?q=${long}`)
      for (const text of [
        touch.source,
        touch.medium,
        touch.campaign,
        touch.keyword,
        ...Object.values(touch.utm)
      ]) {
        if (text !== null) expect(text.length).to.be.at.most(300)
      }
      expect(Object.keys(touch.utm).length).to.be.at.most(30)
      expect(JSON.stringify(touch)).to.not.include('\\u0000')
    }
  })

  it('lose half characters, which no database takes', () => {
    expect(clean(`a\ud83d${'b'}`)).to.equal('ab')
    expect(clean(`${'x'.repeat(299)}😀`)).to.equal('x'.repeat(299))
    expect(clean('😀')).to.equal('😀')
  })

  it('that are no pages are no landing', () => {
    for (const url of ['javascript:1', 'data:text/html,x', 'file:///etc/passwd', 'x']) {
      expect(landingOf(url), url).to.equal(null)
    }
  })
})

describe('User agents', () => {
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
  const desk =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'
  const rows: [agent: string | null, isMachine: boolean][] = [
    [phone, false],
    [desk, false],
    [desk.replace('Chrome/', 'YaBrowser/24.10 Chrome/'), false],
    [desk.replace('Chrome/', 'HeadlessChrome/'), false],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', true],
    ['Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)', true],
    ['Mozilla/5.0 (compatible; YandexMetrika/2.0; +http://yandex.com/bots)', true],
    ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', true],
    ['facebookexternalhit/1.1', true],
    ['TelegramBot (like TwitterBot)', true],
    ['curl/8.5.0', true],
    ['python-requests/2.32', true],
    ['', true],
    [null, true]
  ]
  for (const [agent, expected] of rows) {
    it(`${agent === null ? 'none' : agent.slice(0, 60) || 'an empty one'} is ${expected ? 'a machine' : 'a person'}`, () => {
      expect(isMachine(agent)).to.equal(expected)
    })
  }
  it('tell the device', () => {
    expect(deviceOf(phone)).to.equal('mobile')
    expect(deviceOf(desk)).to.equal('desktop')
    expect(deviceOf('Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/130 Safari/537.36')).to.equal('tablet')
    expect(deviceOf('Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130 Mobile Safari/537.36')).to.equal(
      'mobile'
    )
  })
})
