/** Sets `window.__ran`; a page in which that is set has run what somebody wrote. */
const run = 'window.__ran=1'

/** Texts that people, carriers and robots write where a name was meant. None is longer than 200 characters. */
export const naughty: readonly string[] = [
  // Markup and scripts.
  `<script>${run}</script>`,
  `"><img src=x onerror=${run}>`,
  `'"--></style></title><svg/onload=${run}>`,
  `<iframe srcdoc="<script>parent.__ran=1</script>"></iframe>`,
  `<a href="javascript:${run}" autofocus onfocus=${run}>x</a>`,
  `javascript:${run}`,
  `data:text/html,<script>${run}</script>`,
  `\`\${${run}}\``,
  '<!--',
  ']]><![CDATA[',
  '&lt;b&gt;&#x3c;&amp;',
  '</textarea></script></option></select>',
  // Templates of ours and of others.
  '{{constructor.constructor("window.__ran=1")()}}',
  '${7*7} #{7*7} {7*7} <%= 7*7 %> [[7*7]]',
  '{{count}} $t(common.save) {{- value}}',
  '%s %d %n %x %p',
  // SQL, shells, paths.
  `'; drop table calls; --`,
  `" or ""="`,
  `1' union select password_hash from users--`,
  '\\\'"\\"',
  '$(reboot) `id` ; rm -rf / | cat &',
  '../../../../etc/passwd',
  '..\\..\\con\\nul.txt',
  // Formulas.
  '=HYPERLINK("http://evil.test","x")',
  "+1+cmd|' /C calc'!A0",
  '-2+3+cmd',
  '@SUM(1+1)',
  '\t=1+1',
  // Words with a meaning for machines.
  'null',
  'undefined',
  'NaN',
  'true',
  '[object Object]',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '0',
  '-0',
  '1e309',
  '007',
  // Letters.
  '\u202eabc\u202c \u2066x\u2069',
  'مرحبا \u0639\u0627\u0644\u0645 123 שלום',
  'Z\u0351\u036b\u0343a\u0363\u0357l\u0315\u0322g\u0360\u0321o\u0353\u0329 \u035c\u0361\u0348\u032a',
  '\u200b\u200d\ufeff\u2060',
  '👩‍👩‍👧‍👦🏳️‍🌈🇷🇺👍🏽',
  '𝕬𝖘𝖙𝖊𝖗𝖎𝖘𝖐 𠜎𠜱',
  'ｆｕｌｌ　ｗｉｄｔｈ',
  'ﷺ﷽',
  'İıßẞſKÅ',
  'Ω≈ç√∫˜µ≤≥÷ ½ ①',
  'W'.repeat(200),
  'щ'.repeat(190),
  '長'.repeat(150),
  // Wherever this is cut, one time in two it is in the middle of a letter.
  '👍'.repeat(99),
  `a${'👍'.repeat(99)}`,
  'a,b;c\td"e"',
  'line one\nline two\r\nline three',
  "O'Brien & Sons «Рога и копыта» <info@example.test>"
]

/** What no text of PostgreSQL holds, or no UTF-8: it must be refused, not choked on. */
export const impossible: readonly string[] = ['a\u0000b', '\ud800', 'x\udfff\ud800y', '\u0000']
