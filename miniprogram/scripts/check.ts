/** What must be clean before a commit: `npm run check`. The API's document is written first, by us. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

const here = path.resolve(import.meta.dirname, '..')
const FIRST_LOAD_GZIP = 350_000

function step(name: string, command: string, given: string[], where = here) {
  const began = Date.now()
  const done = spawnSync(command, given, {
    cwd: where,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  console.log(`${done.status === 0 ? 'ok ' : 'BAD'} ${name}, ${((Date.now() - began) / 1000).toFixed(1)} s`)
  if (done.status === 0) return
  console.error(String(done.stdout).slice(-6000), String(done.stderr).slice(-6000))
  process.exit(1)
}
const npx = (name: string, ...given: string[]) => step(name, 'npx', given)

step(
  'the API’s document',
  '.venv/bin/flask',
  ['--app', 'wsgi', 'contract', 'write', 'dist/openapi.json'],
  path.dirname(here),
)
npx('types of the API', 'openapi-typescript', '../dist/openapi.json', '-o', 'src/api/schema.d.ts')
npx('types', 'tsc', '--noEmit')
npx('lint', 'biome', 'check', '.')
npx('unit', 'tsx', '--test', 'test/unit/*.test.ts')
npx('weapp', 'taro', 'build', '--type', 'weapp')
npx('weapp as WeChat sees it', 'tsx', 'scripts/weapp.ts')
npx('browser', 'taro', 'build', '--type', 'h5')

const page = readFileSync(`${here}/dist/h5/index.html`, 'utf8')
const first = [...page.matchAll(/(?:src|href)="\/m\/([^"]+\.(?:js|css))"/g)].map(([, file]) =>
  readFileSync(`${here}/dist/h5/${file}`),
)
const today = readdirSync(`${here}/dist/h5/js`).length
const bytes = first.reduce((sum, file) => sum + gzipSync(file).length, 0)
console.log(`first load: ${bytes} bytes gzip, ${today} scripts in all`)
if (bytes > FIRST_LOAD_GZIP) {
  console.error('the first load is over its budget')
  process.exit(1)
}
