/** Numbers for police, fire and ambulance by country. They are dialled as they are and never refused. */
const byCountry: Readonly<Record<string, readonly string[]>> = {
  RU: ['112', '101', '102', '103', '104', '01', '02', '03', '04'],
  KZ: ['112', '101', '102', '103', '104'],
  BY: ['112', '101', '102', '103', '104'],
  UA: ['112', '101', '102', '103', '104'],
  UZ: ['112', '101', '102', '103', '104', '1050'],
  KG: ['112', '101', '102', '103', '104'],
  TJ: ['112', '101', '102', '103', '104'],
  AM: ['112', '911', '101', '102', '103', '104'],
  AZ: ['112', '101', '102', '103', '104'],
  GE: ['112'],
  MD: ['112', '901', '902', '903'],
  US: ['911'],
  CA: ['911'],
  MX: ['911'],
  GB: ['999', '112'],
  IE: ['999', '112'],
  DE: ['112', '110'],
  FR: ['112', '15', '17', '18', '114'],
  IT: ['112', '113', '115', '118'],
  ES: ['112', '061', '080', '091', '092'],
  PL: ['112', '997', '998', '999'],
  CZ: ['112', '150', '155', '158'],
  AT: ['112', '122', '133', '144'],
  CH: ['112', '117', '118', '144'],
  TR: ['112', '110', '155', '156'],
  IL: ['100', '101', '102', '112'],
  CN: ['110', '119', '120', '122'],
  JP: ['110', '118', '119'],
  KR: ['112', '119'],
  IN: ['112', '100', '101', '102', '108'],
  AE: ['999', '998', '997', '112'],
  AU: ['000', '112'],
  NZ: ['111'],
  BR: ['190', '192', '193'],
  AR: ['911', '100', '101', '107'],
  ZA: ['112', '10111', '10177']
}

/** Mobile networks all over the world take these. */
const everywhere: readonly string[] = ['112', '911']

/**
 * The emergency number that was dialled, as it is sent on.
 * @param raw as a person dialled it
 * @returns null for any other number
 */
export function emergencyNumber(raw: string, homeCountry: string): string | null {
  const dialled = raw.replace(/[\s()-]/g, '')
  return (byCountry[homeCountry] ?? everywhere).includes(dialled) ? dialled : null
}
