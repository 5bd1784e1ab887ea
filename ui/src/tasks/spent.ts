/** Time spent as people say it: `1:05` hours, or `0:07`. */
export function spentText(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

/** Minutes out of what was typed: `90`, `1:30`, `1,5 h`, `1.5ч`; null where it is no time. */
export function typedMinutes(text: string): number | null {
  const typed = text.trim().toLowerCase().replace(',', '.')
  const clock = /^(\d{1,3}):([0-5]?\d)$/.exec(typed)
  if (clock) return positive(Number(clock[1]) * 60 + Number(clock[2]))
  const hours = /^(\d+(?:\.\d+)?)\s*(?:h|ч)\.?$/.exec(typed)
  if (hours) return positive(Math.round(Number(hours[1]) * 60))
  const minutes = /^(\d+)\s*(?:m|min|м|мин)?\.?$/.exec(typed)
  return minutes ? positive(Number(minutes[1])) : null
}

const mostMinutes = 14_400
const positive = (minutes: number): number | null => (minutes >= 1 && minutes <= mostMinutes ? minutes : null)
