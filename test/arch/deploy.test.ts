import { expect } from 'chai'
import { checkNames } from '../../upkeep/judge.ts'
import { code, textOf } from './tree.ts'

const unit = textOf('deploy/systemd/ringtrace.service')
const alerts = textOf('deploy/monitoring/alerts.yml')
const dashboard = JSON.parse(textOf('deploy/monitoring/dashboard.json')) as {
  panels: { id: number; title: string; targets: { expr: string }[] }[]
}

/** Words of PromQL, and labels, that are no figures. */
const words =
  /^(sum|by|le|rate|increase|histogram_quantile|up|job|outcome|reason|kind|check|state|ringtrace|[a-z]*m|h)$/

function figuresIn(expression: string): string[] {
  return [...expression.replaceAll(/"[^"]*"|\[\d+[smhd]\]/g, '').matchAll(/[a-z][a-z_0-9]*/g)]
    .map(([name]) => name)
    .filter((name) => !words.test(name))
}

describe('What is handed out for running it', () => {
  const expressions = [
    ...[...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, expression = '']) => expression),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  ]

  it('asks only for figures that the product has', () => {
    const product = code.filter((file) => !/^(test|bench|ui)\//.test(file)).map((file) => textOf(file))
    const known = new Set(
      product.flatMap((text) => [...text.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, name]) => name))
    )
    const asked = expressions.flatMap(figuresIn).map((name) => name.replace(/_(bucket|count|sum)$/, ''))
    expect(asked.length).to.be.greaterThan(15)
    // Those of the runtime come with prom-client.
    const strange = asked.filter((name) => !known.has(name) && !/^(process|nodejs)_/.test(name))
    expect([...new Set(strange)]).to.deep.equal([])
  })

  it('has an alert for each check of the system page, red and amber', () => {
    expect(checkNames).to.include('disk')
    expect(expressions).to.include('installation_check == 2').and.include('installation_check == 1')
  })

  it('draws each panel once, with something in it', () => {
    const { panels } = dashboard
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length)
    expect(panels.filter(({ targets }) => targets.length === 0)).to.deep.equal([])
  })

  it('lets Asterisk and PostgreSQL outlive a controller that dies, and finds them again', () => {
    expect(unit).to.match(/^KillMode=process$/m)
    expect(unit).to.not.match(/^PrivateTmp=/m)
    expect(unit).to.match(/^ReadWritePaths=.*\/tmp/m)
    expect(unit).to.match(/^Restart=always$/m)
  })
})
