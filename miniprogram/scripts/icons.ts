/** Makes what the screens draw with of `icons.txt` and `drawings/`: styles with the pictures inside, and the tab bar's. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Resvg } from '@resvg/resvg-js'

const here = path.resolve(import.meta.dirname, '..')
const phosphor = `${here}/node_modules/@phosphor-icons/core`
const INK = '#17262A'
const PALE = '#5E6966'
const TABS = { today: 'sun-horizon', mall: 'storefront', pay: 'qr-code', me: 'user-circle' }
const TAB_PIXELS = 81

function icon(name: string, weight: string): string {
  const file = weight === 'regular' ? name : `${name}-${weight}`
  return readFileSync(`${phosphor}/assets/${weight}/${file}.svg`, 'utf8')
}
const inline = (svg: string) => `url("data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}")`

const wanted = readFileSync(`${here}/icons.txt`, 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))
  .map(line => line.split(' ') as [string, string])

const masks = wanted.map(([name, weight]) => {
  const picture = inline(icon(name, weight))
  const title = weight === 'regular' ? name : `${name}-${weight}`
  return `.i-${title} {\n  -webkit-mask-image: ${picture};\n  mask-image: ${picture};\n}\n`
})
const drawings = readdirSync(`${here}/drawings`)
  .sort()
  .map(
    file =>
      `.d-${path.parse(file).name} {\n  background-image: ${inline(readFileSync(`${here}/drawings/${file}`, 'utf8'))};\n}\n`,
  )

writeFileSync(
  `${here}/src/ui/icons.scss`,
  `// Made by \`npm run icons\`.\n${masks.join('')}${drawings.join('')}`,
)
writeFileSync(
  `${here}/src/ui/icon-names.ts`,
  `// Made by \`npm run icons\`.\nexport type IconName =\n${wanted.map(([n, w]) => `  | '${w === 'regular' ? n : `${n}-${w}`}'`).join('\n')}\n`,
)

mkdirSync(`${here}/src/assets`, { recursive: true })
for (const [tab, name] of Object.entries(TABS)) {
  for (const [end, weight, colour] of [
    ['', 'regular', PALE],
    ['-on', 'fill', INK],
  ] as const) {
    const svg = icon(name, weight).replace('fill="currentColor"', `fill="${colour}"`)
    const png = new Resvg(svg, { fitTo: { mode: 'width', value: TAB_PIXELS } }).render().asPng()
    writeFileSync(`${here}/src/assets/tab-${tab}${end}.png`, png)
  }
}
