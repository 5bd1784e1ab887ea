import i18next from 'i18next'

/** `97 %`, as the reader's language writes it; never 100 % while somebody is left out. */
export function percent(share: number | null): string {
  if (share === null) return '–'
  const cut = share < 1 ? Math.min(share, 0.999) : share
  return new Intl.NumberFormat(i18next.language, {
    style: 'percent',
    maximumFractionDigits: cut > 0.9 && cut < 1 ? 1 : 0
  }).format(cut)
}
