const usual = 300

/** Takes whatever could tell of a person out of a text: mail addresses, SIP users, telephone numbers, addresses, secrets. */
export function scrubbed(text: string, longest = usual): string {
  return text
    .replace(/\b(?:sips?|tel|https?|wss?|postgres(?:ql)?):\S+/gi, '[address]')
    .replace(/[^\s@<>"',;:]+@[^\s@<>"',;]+/g, '[address]')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '[address]')
    .replace(/(?<![0-9a-f])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![0-9a-f])/gi, '[address]')
    .replace(/(?<![\w-])\+?\d[\d ()-]{5,17}\d(?![\w-])/g, '[number]')
    .replace(/“[^”]*”|«[^»]*»|"[^"]*"/g, '[name]')
    .replace(/\b[\w-]{32,}\b/g, (word) => (/^[0-9a-f]{8}-/.test(word) ? word : '[secret]'))
    .slice(0, longest)
}
