/// <reference types="@tarojs/taro" />
declare module '*.scss'
/** Where the API is: empty in a browser, which is served by it. */
declare const API_BASE: string
declare const PUBLIC_PATH: string
declare namespace NodeJS {
  interface ProcessEnv {
    TARO_ENV: 'weapp' | 'h5'
    NODE_ENV: 'development' | 'production'
  }
}
