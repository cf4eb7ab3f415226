/** Looks at the compiled mini-program as WeChat would: with its own compilers, and file by file. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Script } from 'node:vm'

const here = path.resolve(import.meta.dirname, '..')
const built = `${here}/dist/weapp`
const compilers = `${here}/node_modules/miniprogram-compiler/bin/linux`
// WeChat lets a package have 2 MB; ours stay small enough for a village's network.
const BUDGETS = { main: 700_000, sub: 600_000 }
const ICON_BYTES = 40_960

const faults: string[] = []
const fault = (file: string, what: string) => faults.push(`${file}: ${what}`)
const files = readdirSync(built, { recursive: true })
  .map(String)
  .filter(file => statSync(path.join(built, file)).isFile())
const there = new Set(files)
const read = (file: string) => readFileSync(path.join(built, file), 'utf8')
const size = (some: string[]) => some.reduce((sum, file) => sum + statSync(path.join(built, file)).size, 0)
const beside = (file: string, named: string) =>
  path.posix.normalize(
    named.startsWith('/') ? named.slice(1) : path.posix.join(path.posix.dirname(file), named),
  )

function compiles(compiler: 'wcc' | 'wcsc', given: string[], file: string) {
  const program = `${compilers}/${compiler}`
  chmodSync(program, 0o755)
  const done = spawnSync(program, given, { cwd: built, maxBuffer: 64 << 20 })
  if (done.status !== 0) fault(file, String(done.stderr).trim().split('\n')[0])
}

compiles(
  'wcc',
  ['-o', '/dev/null', ...files.filter(file => /\.(wxml|wxs)$/.test(file)).map(file => `./${file}`)],
  'wxml',
)
const styles = files.filter(file => file.endsWith('.wxss'))
for (const style of styles)
  compiles(
    'wcsc',
    [
      '-js',
      '-o',
      '/dev/null',
      `./${style}`,
      ...styles.filter(other => other !== style).map(other => `./${other}`),
    ],
    style,
  )

for (const file of files) {
  if (file.endsWith('.wxml'))
    for (const [, named] of read(file).matchAll(/<(?:import|include|wxs)\b[^>]*\bsrc="([^"{]+)"/g))
      if (!there.has(beside(file, named))) fault(file, `misses ${named}`)
  if (file.endsWith('.js')) {
    const source = read(file)
    try {
      new Script(`(function(){${source}\n})`, { filename: file })
    } catch (error) {
      fault(file, String(error))
    }
    for (const [, named] of source.matchAll(/\brequire\("([^"]+)"\)/g)) {
      const wanted = beside(file, named)
      if (!there.has(wanted) && !there.has(`${wanted}.js`)) fault(file, `misses ${named}`)
    }
  }
  if (file.endsWith('.json'))
    for (const named of Object.values<string>(JSON.parse(read(file)).usingComponents ?? {}))
      if (!there.has(`${beside(file, named)}.json`)) fault(file, `misses the component ${named}`)
}

interface App {
  pages: string[]
  subPackages?: { root: string; pages: string[] }[]
  tabBar?: { list: { pagePath: string; iconPath: string; selectedIconPath: string }[] }
}
const app: App = JSON.parse(read('app.json'))
const packages = app.subPackages ?? []
for (const page of [...app.pages, ...packages.flatMap(one => one.pages.map(page => `${one.root}/${page}`))])
  for (const end of ['.js', '.wxml', '.json'])
    if (!there.has(page + end)) fault('app.json', `${page}${end} is missing`)
for (const tab of app.tabBar?.list ?? []) {
  if (!app.pages.includes(tab.pagePath)) fault('app.json', `${tab.pagePath} is no page of the main package`)
  for (const icon of [tab.iconPath, tab.selectedIconPath])
    if (!existsSync(path.join(built, icon)) || size([icon]) > ICON_BYTES)
      fault('app.json', `${icon} is missing or too large`)
}

const packageOf = (file: string) => packages.find(one => file.startsWith(`${one.root}/`))?.root ?? 'main'
for (const name of ['main', ...packages.map(one => one.root)]) {
  const bytes = size(files.filter(file => packageOf(file) === name))
  console.log(`${name}: ${bytes} bytes`)
  if (bytes > (name === 'main' ? BUDGETS.main : BUDGETS.sub))
    fault(name, `${bytes} bytes are over its budget`)
}
if (faults.length) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`${files.length} files are as WeChat wants them`)
