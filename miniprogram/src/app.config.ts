const isBrowser = process.env.TARO_ENV === 'h5'

export default defineAppConfig({
  pages: ['pages/today/index', 'pages/mall/index', 'pages/pay/index', 'pages/me/index'],
  subPackages: [
    { root: 'account', pages: ['photo/index', 'points/index', 'messages/index'] },
    { root: 'mall', pages: ['goods/index', 'basket/index', 'order/index', 'orders/index'] },
    { root: 'field', pages: ['households/index', 'visit/index'] },
    { root: 'shop', pages: ['counter/index', 'day/index'] },
    // "您想当谁": where WeChat does not say who somebody is.
    ...(isBrowser ? [{ root: 'sandbox', pages: ['who/index'] }] : []),
  ],
  lazyCodeLoading: 'requiredComponents',
  window: {
    navigationStyle: 'custom',
    navigationBarTitleText: '分 · 垃圾分类',
    navigationBarBackgroundColor: '#F6F3EC',
    navigationBarTextStyle: 'black',
    backgroundColor: '#F6F3EC',
  },
  tabBar: {
    color: '#5E6966',
    selectedColor: '#17262A',
    backgroundColor: '#FFFFFF',
    borderStyle: 'white',
    list: [
      {
        pagePath: 'pages/today/index',
        text: '今天',
        iconPath: 'assets/tab-today.png',
        selectedIconPath: 'assets/tab-today-on.png',
      },
      {
        pagePath: 'pages/mall/index',
        text: '商城',
        iconPath: 'assets/tab-mall.png',
        selectedIconPath: 'assets/tab-mall-on.png',
      },
      {
        pagePath: 'pages/pay/index',
        text: '付款码',
        iconPath: 'assets/tab-pay.png',
        selectedIconPath: 'assets/tab-pay-on.png',
      },
      {
        pagePath: 'pages/me/index',
        text: '我的',
        iconPath: 'assets/tab-me.png',
        selectedIconPath: 'assets/tab-me-on.png',
      },
    ],
  },
})
