import { defineConfig } from '@tarojs/cli'

// One source for two targets. docs/client.md says why each setting is as it is.
const isBrowser = process.env.TARO_ENV === 'h5'

export default defineConfig<'webpack5'>(async () => ({
  projectName: 'fen-miniprogram',
  designWidth: 375,
  deviceRatio: { 375: 2, 640: 1.17, 750: 1, 828: 0.905 },
  sourceRoot: 'src',
  outputRoot: `dist/${process.env.TARO_ENV}`,
  framework: 'react',
  compiler: { type: 'webpack5', prebundle: { enable: false } },
  cache: { enable: false },
  plugins: ['@tarojs/plugin-framework-react'],
  copy: {
    patterns: isBrowser
      ? [
          {
            from: 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm',
            to: 'dist/h5/wasm/zxing_reader.wasm',
          },
        ]
      : [],
    options: {},
  },
  defineConstants: {
    PUBLIC_PATH: JSON.stringify('/m/'),
    API_BASE: JSON.stringify(isBrowser ? '' : process.env.FEN_API_BASE || 'https://fen.example.gov.cn'),
  },
  mini: {},
  h5: {
    publicPath: '/m/',
    router: { mode: 'hash' },
    output: { filename: 'js/[name].[contenthash:8].js', chunkFilename: 'js/[name].[contenthash:8].js' },
    miniCssExtractPluginOption: {
      ignoreOrder: true,
      filename: 'css/[name].[contenthash:8].css',
      chunkFilename: 'css/[name].[contenthash:8].css',
    },
    postcss: { pxtransform: { enable: true, config: { maxRootSize: 22, minRootSize: 18 } } },
    // Without this every page carries a copy of Taro's components.
    webpackChain: chain => {
      chain.optimization.merge({
        splitChunks: {
          chunks: 'all',
          maxInitialRequests: 20,
          cacheGroups: {
            common: { name: 'common', minChunks: 2, priority: 1, reuseExistingChunk: true, chunks: 'async' },
          },
        },
      })
    },
  },
}))
