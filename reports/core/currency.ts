/** What one unit of a currency is worth in the company's own, from that day on. */
export interface Rate {
  /** ISO. */
  readonly day: string
  readonly currency: string
  readonly rate: number
}

/** Rates as people entered them, ready to be asked. */
export interface Rates {
  readonly company: string
  /**
   * An amount in the company's currency by the last rate known on that day; null without one. Not rounded: money added
   * first and converted then is the same as the other way round.
   */
  toCompany(amount: number, currency: string, day: string): number | null
}

/** @param company the company's currency; rates of it are not looked at */
export function createRates(company: string, list: readonly Rate[]): Rates {
  const byCurrency = new Map<string, Rate[]>()
  for (const rate of list) {
    const known = byCurrency.get(rate.currency)
    if (known) known.push(rate)
    else byCurrency.set(rate.currency, [rate])
  }
  for (const rates of byCurrency.values()) rates.sort((a, b) => (a.day < b.day ? -1 : 1))
  return {
    company,
    toCompany(amount, currency, day) {
      if (currency === company) return amount
      const rate = lastUpTo(byCurrency.get(currency) ?? [], day)
      return rate === undefined ? null : amount * rate.rate
    }
  }
}

/** The last of sorted rates that is not after that day. */
function lastUpTo(rates: readonly Rate[], day: string): Rate | undefined {
  let from = 0
  let to = rates.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((rates[middle]?.day ?? '') <= day) from = middle + 1
    else to = middle
  }
  return rates[from - 1]
}
