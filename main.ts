import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Logger } from 'pino'
import { callExport } from './api/call-export.ts'
import { settingsImport } from './api/imports-job.ts'
import { companyZone } from './api/company-zone.ts'
import { finishRestores } from './backup/finish.ts'
import { createBackups } from './backup/work.ts'
import { ensureAdmin } from './db/first-admin.ts'
import { listen } from './api/listen.ts'
import { outsideOf } from './api/outside.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { startPostgres } from './db/embedded.ts'
import { migrateJobs, startJobs, type JobTasks } from './db/jobs.ts'
import { connect, migrate, waitForDatabase } from './db/knex.ts'
import { followMedia } from './media/follow.ts'
import { createMedia } from './media/media.ts'
import { ensureSounds } from './media/sounds.ts'
import { createEnding } from './host/ending.ts'
import { claimDataDir, readInstance } from './host/instance.ts'
import { keepRunning } from './host/keep.ts'
import { keepSmall } from './host/rotate.ts'
import { productVersion, projectRoot } from './host/project-root.ts'
import { SetupError, messageOf } from './host/setup-error.ts'
import { stepPrinter } from './host/steps.ts'
import { openTls } from './host/tls/keeper.ts'
import { firstPasswordIn, welcome } from './host/welcome.ts'
import { createCrm } from './crm/crm.ts'
import { askedOutside } from './dialling/asked-outside.ts'
import { createDialling, type Dialling } from './dialling/dialling.ts'
import { takeMoments } from './dialling/inbox.ts'
import { createJobs } from './jobs/jobs.ts'
import { audioOf } from './integrations/connectors/audio.ts'
import { openIntegrations } from './integrations/wire.ts'
import { createAmi } from './pbx/ami/client.ts'
import { createAri } from './pbx/ari/client.ts'
import type { Moments } from './pbx/call/moments.ts'
import { hepPassword, startAsterisk, type StartOptions } from './pbx/provision/asterisk.ts'
import { ensureAsterisk, type Progress } from './pbx/provision/install.ts'
import { asteriskLogs } from './pbx/provision/logs.ts'
import { createMetrics, type Metrics } from './pbx/runtime/metrics.ts'
import { createPbx, type Pbx } from './pbx/runtime/pbx.ts'
import { createSipTrace } from './pbx/trace/trace.ts'
import { createFacts } from './reports/facts/facts.ts'
import { createRebuildJob, rebuildOrder } from './reports/facts/job.ts'
import { watchDisk } from './recordings/disk.ts'
import { createRecordings } from './recordings/recordings.ts'
import { createMailings } from './reports/mailings/mailings.ts'
import { createReportDays } from './reports/queries/days.ts'
import { normalise } from './tracking/phones.ts'
import { createRecomputeJob } from './tracking/recompute/job.ts'
import { createTracking } from './tracking/store/tracking.ts'
import { openLog } from './upkeep/log.ts'
import { openUpkeep } from './upkeep/look.ts'
import { openPublicAddress } from './upkeep/nat-address.ts'

const app = 'ringtrace'
/** Q.850 of a call in which nothing came in time: it goes on through the next trunk. */
const timerExpired = 102
const aside = createEnding()
/** `npm start` tells of the first three of seven steps (`scripts/lib/start.mjs`). */
const say = stepPrinter(7, (text) => process.stdout.write(text), process.stdout.isTTY)

/** Starts everything in the order in which the parts need each other. What it starts, `aside` ends in reverse. */
async function start(config: Config): Promise<void> {
  const { dataDir } = config
  const { log, lines } = openLog(config.logLevel)
  await claimDataDir(dataDir)
  const instance = await readInstance(dataDir)
  const version = await productVersion()

  say(4, 'Starting the database')
  const databaseUrl = config.databaseUrl ?? (await embeddedDatabase(dataDir, log))
  const db = connect(databaseUrl, log)
  aside.push(() => db.destroy())
  await waitForDatabase(db)
  await migrate(db)
  await migrateJobs(databaseUrl, log)
  await finishRestores(db, dataDir)

  const home = await ensureAsterisk({
    runtimeDir: dataDir,
    log,
    progress: (text, fraction) => say(5, text, fraction),
    ...(config.asteriskHome ? { asteriskHome: config.asteriskHome } : {})
  })
  say(5, `Asterisk ${home.version} is there`)
  const prepared: Progress = (text, fraction) => say(6, text, fraction)
  await ensureSounds({ home, dataDir, log, progress: prepared })
  const firstLogin = await ensureAdmin(db, config.adminPassword, firstPasswordIn(dataDir))
  if (config.demo) {
    const { loadDemo } = await import('./db/demo/index.ts')
    await loadDemo(db, {
      nowMs: Date.now(),
      sipPort: config.demoSipPort,
      home,
      dataDir,
      log,
      progress: prepared
    })
  }

  prepared(config.demo ? 'Voice prompts and the demo company are there' : 'Voice prompts are there')

  const publicAddress = await openPublicAddress({ db, environment: config.sip.externalAddress, log })
  aside.push(() => Promise.resolve(publicAddress.stop()))
  const told = [
    config.http.publicUrl && new URL(config.http.publicUrl).hostname,
    publicAddress.current()?.name
  ]
  const keeper = await openTls({ dir: path.join(dataDir, 'tls'), files: config.tls.files, told, log })
  aside.push(() => Promise.resolve(keeper.stop()))

  const recordingsDir = path.join(dataDir, 'recordings')
  await mkdir(recordingsDir, { recursive: true })
  const asteriskDir = path.join(dataDir, 'pbx')
  const running: { asterisk?: { cli(command: string): Promise<string> } } = {}
  const media = createMedia({
    home,
    dataDir,
    asteriskDir,
    reloadMusic: () => running.asterisk?.cli('moh reload') ?? null,
    log
  })
  const following = await followMedia({ db, databaseUrl, media, log })
  aside.push(() => following.stop())
  say(7, 'Starting Asterisk')
  const asteriskOptions: StartOptions = {
    home,
    dir: asteriskDir,
    templatesDir: path.join(projectRoot(), 'dialplan'),
    settings: {
      app,
      sipHost: config.sip.host,
      sipPort: config.sip.port,
      rtpStart: config.rtp.start,
      rtpEnd: config.rtp.end,
      ariPort: config.ariPort,
      ariUser: app,
      ariPassword: instance.ariPassword,
      amiPort: config.amiPort,
      amiUser: app,
      amiPassword: instance.amiPassword,
      recordingsDir,
      systemName: 'rt',
      sipTrace: config.sipTrace,
      // Of the moment at which Asterisk starts, again and again.
      get externalAddress() {
        return publicAddress.current()?.address ?? null
      },
      ...(config.sip.tlsPort === null ? {} : { tls: { port: config.sip.tlsPort, file: keeper.file } })
    },
    log
  }
  // When it dies its calls are lost, and recovery says so in each.
  const asterisk = await keepRunning('Asterisk', () => startAsterisk(asteriskOptions), log)
  aside.push(() => asterisk.stop())
  publicAddress.onChange((address) => asterisk.current.takeAddress(address))
  const cli = (command: string): Promise<string> => asterisk.current.cli(command)
  running.asterisk = { cli }
  if (config.sip.tlsPort !== null) {
    // Whoever comes anew gets the new certificate, also of an Asterisk that was found running; nobody is cut.
    keeper.onChange(async () => void (await cli('module reload res_pjsip.so')))
    if (asterisk.current.adopted && keeper.isNewAtStart) await cli('module reload res_pjsip.so')
  }
  await media
    .asteriskStarted()
    .catch((err: unknown) => log.warn({ err }, 'Asterisk has not read its music yet'))
  const postgresLog = path.join(dataDir, 'postgres/postgres.log')
  const logs = keepSmall(
    [
      ...asteriskLogs(asteriskDir, cli),
      { file: postgresLog, maxBytes: 20 * 1024 ** 2, keep: 5, how: 'copy' }
    ],
    log
  )
  aside.push(() => Promise.resolve(logs.stop()))

  let metrics: Metrics | undefined
  const ari = createAri({
    host: '127.0.0.1',
    port: config.ariPort,
    user: app,
    password: instance.ariPassword,
    app,
    log,
    observe: (name, outcome, tookMs) => metrics?.ari(name, outcome, tookMs)
  })
  const ami = createAmi({
    host: '127.0.0.1',
    port: config.amiPort,
    user: app,
    password: instance.amiPassword,
    log
  })
  const late: { pbx?: Pbx; dialling?: Dialling } = {}
  // The recordings tell the tape when a file is ready, and the tape tells them when a leg has ended.
  // Likewise the dialling policy counts what the tape tells, and the exchange asks the policy.
  const recordings = createRecordings({
    db,
    dir: recordingsDir,
    home,
    log,
    appendMoment: (callId, type, data) => {
      if (!late.pbx) throw new Error('The exchange is not up yet')
      return late.pbx.appendMoment(callId, type, data)
    },
    onOutcome: (outcome) => {
      if (outcome !== 'ready') metrics?.lostRecording(outcome)
    }
  })
  const outside = await openIntegrations({
    ...{ db, databaseUrl, dataDir, log },
    ...{ secretKey: config.secretKey, webhookPausesMs: config.webhookPausesMs },
    allowPrivate: config.webhooksToPrivate,
    publicUrl: config.http.publicUrl ?? null,
    findOperator: (name) => late.pbx?.findOperator(name) ?? null,
    normalise: (number) => normalise(number, 'RU')?.e164 ?? null,
    ports: { ...askedOutside(db, () => late.dialling), audio: audioOf((id) => recordings.open(id)) }
  })
  const { mail, webhooks, connectors } = outside
  aside.push(() => outside.stop())
  const disk = watchDisk({ dir: recordingsDir, log })
  aside.push(() => Promise.resolve(disk.stop()))
  // Before the exchange: the first call that is adopted or arrives may come from a visit.
  const tracking = createTracking({ db, databaseUrl, log })
  await tracking.start()
  aside.push(() => tracking.stop())
  const pbx = await createPbx({
    db,
    disk,
    databaseUrl,
    ari,
    ami,
    node: instance.node,
    dir: dataDir,
    celFile: path.join(asteriskDir, 'log/cel-custom/Master.csv'),
    asteriskLog: path.join(asteriskDir, 'log/messages.log'),
    recordingsDir,
    outbox: {
      enqueueDeliveries: (trx, rows) => outside.enqueue(trx, rows),
      enqueueRecording: (trx, started) => recordings.enqueueRecording(trx, started),
      takeMoments
    },
    normalise: (raw, country) => normalise(raw, country),
    media: (sound, locale) => media.soundOf(sound, locale),
    sourceOf: (numberId, atMs, caller) => tracking.sourceOf(numberId, atMs, caller),
    dialPolicy: {
      decide: (asked) => late.dialling?.policy.decide(asked) ?? { allowed: false, reason: 'starting' }
    },
    lookup: (url, timeoutMs, facts) => outside.lookup(url, timeoutMs, facts),
    metrics: (read) => (metrics = createMetrics(read)),
    log
  })
  late.pbx = pbx
  if (!metrics) throw new Error('The exchange made no metrics')
  const dialling = createDialling({
    ...{ db, databaseUrl, log },
    fence: pbx.fence,
    ports: {
      feed: pbx.feed,
      operators: () => pbx.operators(),
      isAnyoneFree: (query) => pbx.isAnyoneFree(query),
      endWrapUp: (userId) => pbx.endWrapUp(userId),
      place: (order) => pbx.place(order),
      waitVirtually: (wait, onReserved) => pbx.waitVirtually(wait, onReserved),
      trunkState: (trunkId) => pbx.trunkStates().get(trunkId),
      callsIn: (trunkId) => pbx.callsIn(trunkId)
    },
    registry: metrics.registry
  })
  late.dialling = dialling
  const sipTrace = await createSipTrace({
    ...{ db, ami, log },
    port: config.amiPort,
    password: hepPassword(instance.amiPassword),
    ownPorts: [config.sip.port, config.ariPort],
    isCurrent: (trunkId) => pbx.isTrunkCurrent(trunkId),
    refused: () => pbx.refusedObjects(),
    giveUp: (channelId) => {
      ari.hangup(channelId, timerExpired).catch((err: unknown) => log.warn({ err }, 'A silent leg stays'))
    }
  })
  aside.push(() => sipTrace.close())
  pbx.feed.onRow((row) => sipTrace.onRow(row))
  ari.on('event', (event) => {
    if ('channel' in event) sipTrace.onChannel(event.channel)
    if (event.type === 'ChannelDestroyed') sipTrace.onChannelGone(event.channel.id)
  })
  pbx.feed.onRow(({ type, data }) => {
    if (type === 'call.initiated') tracking.onInitiated(data as unknown as Moments['call.initiated'])
  })
  await dialling.prepare()
  say(7, 'Connecting to Asterisk')
  await pbx.start()
  aside.push(async () => {
    await pbx.stop()
    await ari.close()
  })
  await dialling.start()
  aside.push(() => dialling.stop())

  outside.start()
  const crm = createCrm({ db, databaseUrl, announce: webhooks.announce, log })
  crm.start()
  aside.push(() => crm.stop())
  const machine = { asterisk: home.version, publicUrl: config.http.publicUrl }
  const certificate = () => (config.tls.isOn ? keeper.current() : null)
  const upkeep = await openUpkeep({ db, dataDir, lines, certificate, version, ...machine })
  const backups = createBackups({
    ...{ db, databaseUrl, dataDir, version, zone: companyZone, log },
    order: (trx, wanted) => jobs.order(trx, wanted)
  })
  const kinds = [
    backups.kind,
    callExport(db),
    settingsImport(db),
    createRebuildJob({ db, log }),
    createRecomputeJob({ db, appendMoment: (callId, type, data) => pbx.appendMoment(callId, type, data) })
  ]
  const jobs = createJobs({ db, dir: path.join(dataDir, 'exports'), kinds, log })
  const facts = createFacts({ db, log, orderRebuild: (trx, wish) => jobs.order(trx, rebuildOrder(wish)) })
  facts.start()
  aside.push(() => facts.stop())
  const scheme = config.tls.isOn ? 'https' : 'http'
  const url = config.http.publicUrl ?? `${scheme}://localhost:${config.http.port}`
  const mailings = createMailings({ db, mail, publicUrl: url, log })
  const parts = [
    backups,
    ...outside.parts,
    recordings,
    following,
    tracking,
    jobs,
    mailings,
    createReportDays({ db, log }),
    sipTrace
  ]
  const runner = startJobs({
    databaseUrl,
    tasks: Object.assign({}, ...parts.map(({ tasks }) => tasks)) as JobTasks,
    schedules: parts.flatMap(({ schedules }) => schedules),
    log
  })
  aside.push(() => runner.stop())

  // Only an installation with the demo pays for loading it.
  const demo = config.demo
    ? (await import('./demo/demo.ts')).createDemo({
        ...{ home, config, db, log },
        dir: path.join(dataDir, 'demo-carrier')
      })
    : null
  if (demo) {
    await demo.start()
    aside.push(() => demo.stop())
    pbx.feed.onRow((row) => demo.onRow(row))
  }

  const uiDir = path.join(projectRoot(), 'dist/ui')
  const deps = {
    ...{ db, log, pbx, recordings, media, webhooks, demo, dialling, tracking, jobs, backups },
    ...{ upkeep, mail, mailings, publicAddress, connectors },
    sipTrace: config.sipTrace ? sipTrace : null,
    announce: webhooks.announce,
    metrics: metrics.registry,
    uiDir: existsSync(uiDir) ? uiDir : null,
    version,
    publicUrl: config.http.publicUrl,
    outside: outsideOf(keeper, { ...config.http, isTls: config.tls.isOn, sipTlsPort: config.sip.tlsPort }),
    // Browsers do not tell ports apart: two instances on one host would overwrite each other's session.
    sip: { port: config.sip.port, rtp: config.rtp },
    cookieName: `ringtrace_${config.http.port}`
  }
  aside.push(await listen(deps, { ...config.http, ariPort: config.ariPort }))
  await welcome(url, firstLogin, dataDir, config.tls.isOn ? keeper.current() : null)
}

/** PostgreSQL of our own, in DATA_DIR. */
async function embeddedDatabase(dataDir: string, log: Logger): Promise<string> {
  const options = { dir: path.join(dataDir, 'postgres'), log }
  // While it is away calls go on, and their tape waits in the spool.
  const postgres = await keepRunning('PostgreSQL', () => startPostgres(options), log)
  aside.push(() => postgres.stop())
  return postgres.current.url
}

try {
  await start(readConfig(process.env))
} catch (error) {
  const isExpected = error instanceof SetupError || error instanceof ConfigError
  process.stderr.write(`\n${isExpected ? messageOf(error) : String((error as Error).stack)}\n`)
  await aside.stop(1)
}
