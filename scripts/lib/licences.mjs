import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.mjs'

export const listFile = 'docs/licences.md'

/** What may stand beside the AGPL: permissive ones, and those whose own terms allow it. */
const allowed = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'Zlib', 'Python-2.0', 'PSF-2.0', 'WTFPL', 'OFL-1.1', 'CC-BY-3.0', 'CC-BY-4.0'],
  ...['MPL-2.0', 'LGPL-3.0-or-later', 'GPL-3.0-or-later', 'AGPL-3.0-or-later', 'EUPL-1.2']
])
/** Packages whose manifest says nothing that a program can read, with what their files say. */
const read = {
  'asterisk-manager': 'MIT',
  'dejavu-fonts-ttf': 'Bitstream-Vera',
  only: 'MIT',
  'xmlhttprequest-ssl': 'MIT'
}
const judged = new Set(['Bitstream-Vera'])

/** Whether an SPDX expression leaves a way that is allowed. */
export function isAllowed(expression) {
  const plain = expression.replaceAll(/^\(|\)$/g, '').trim()
  if (/ OR /.test(plain)) return plain.split(' OR ').some(isAllowed)
  if (/ AND /.test(plain)) return plain.split(' AND ').every(isAllowed)
  return allowed.has(plain) || judged.has(plain)
}

/** All packages of the lock file, on whatever machine: name, version, licence, and whether the server runs with it. */
export function packages() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return Object.entries(lock.packages)
    .filter(([place]) => place !== '')
    .map(([place, entry]) => {
      const name = entry.name ?? place.split('node_modules/').at(-1)
      return {
        name,
        version: entry.version,
        licence: read[name] ?? entry.license ?? licenceOf(place),
        isServer: entry.dev !== true && entry.devOptional !== true
      }
    })
}

function licenceOf(place) {
  const manifest = join(root, place, 'package.json')
  if (!existsSync(manifest)) return 'unknown'
  const { license, licenses } = JSON.parse(readFileSync(manifest, 'utf8'))
  const found = license ?? licenses?.[0]
  return (typeof found === 'object' ? found?.type : found) ?? 'unknown'
}

/** The list as it is kept in git, so that a new licence is seen where a new package comes in. */
export function licenceList() {
  const all = packages()
  const part = (title, text, chosen) => {
    const byLicence = Map.groupBy
      ? Map.groupBy(chosen, ({ licence }) => licence)
      : chosen.reduce((map, one) => map.set(one.licence, [...(map.get(one.licence) ?? []), one]), new Map())
    const lines = [...byLicence]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([licence, those]) => {
        const names = [...new Set(those.map(({ name, version }) => `${name} ${version}`))].sort()
        return `- **${licence}** (${names.length}): ${names.join(', ')}`
      })
    return `## ${title}\n\n${text}\n\n${lines.join('\n')}\n`
  }
  return [
    '# Licences of the packages\n',
    'Ringtrace is under AGPL-3.0-or-later. `npm run check` compares this list with `package-lock.json` and refuses a licence that cannot stand beside it. After a change of packages: `node scripts/licences.mjs --write`.\n',
    part(
      'On the server',
      'Installed where Ringtrace runs.',
      all.filter(({ isServer }) => isServer)
    ),
    part(
      'In the browser, and for building and testing',
      'Those of the browser app are bundled into it; the others stay on the machine that builds.',
      all.filter(({ isServer }) => !isServer)
    )
  ].join('\n')
}

/** @returns {string[]} what is wrong; none: all is well */
export function licenceFaults() {
  const refused = packages()
    .filter(({ licence }) => !isAllowed(licence))
    .map(
      ({ name, version, licence }) =>
        `${name} ${version} is under "${licence}": judge it, then name it in scripts/lib/licences.mjs`
    )
  const file = join(root, listFile)
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === licenceList()
  return isCurrent
    ? refused
    : [...refused, `${listFile} is not current: run node scripts/licences.mjs --write`]
}

export function writeList() {
  writeFileSync(join(root, listFile), licenceList())
}
