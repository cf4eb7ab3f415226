/** 我的: who I am here, which role I work in, how I read. */
import { View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import { go } from '../../lib/going'
import { isSomebody } from '../../lib/person'
import { becomes, useSession, WHO_PAGE } from '../../lib/session'
import { Button, Card, Icon, Page, Tap } from '../../ui/base'
import type { IconName } from '../../ui/icon-names'
import { Refusal, Skeleton } from '../../ui/states'

export default function Mine() {
  const { me, error, refresh, isLarge, setLarge } = useSession()
  useDidShow(() => {
    if (!isSomebody()) void Taro.reLaunch({ url: WHO_PAGE })
  })
  const visits = me?.roles.includes('liaison')
  const serves = me?.roles.some(role => role === 'clerk' || role === 'merchant')
  return (
    <Page isTab title='我的'>
      {!me && (error ? <Refusal error={error} onAct={refresh} /> : <Skeleton onAgain={refresh} />)}
      {me && (
        <Card>
          <View className='row'>
            <View className='disc round gold'>{(me.household?.head ?? me.name ?? '客').slice(0, 1)}</View>
            <View className='grow'>
              <View className='b l'>{me.household ? `${me.household.head}家` : (me.name ?? '还没绑定')}</View>
              <View className='muted s'>
                {me.household
                  ? `${me.household.village} · ${me.household.group} · ${me.household.door_number}`
                  : me.county.name}
              </View>
            </View>
          </View>
          {me.household?.liaison && (
            <View className='dim s' style={{ marginTop: '12px' }}>
              联系党员：{me.household.liaison}
            </View>
          )}
        </Card>
      )}
      {me && (
        <Card className='list'>
          {me.household && (
            <Row icon='list-bullets' words='积分明细' onTap={() => go('/account/points/index')} />
          )}
          {me.household && <Row icon='package' words='我的订单' onTap={() => go('/mall/orders/index')} />}
          <Row icon='bell' words='消息' onTap={() => go('/account/messages/index')} />
          {visits && (
            <Row
              icon='users-three'
              words='我联系的户'
              onTap={() => Taro.reLaunch({ url: '/field/households/index' })}
            />
          )}
          {serves && (
            <Row
              icon='storefront'
              words='去店里收分'
              onTap={() => Taro.reLaunch({ url: '/shop/counter/index' })}
            />
          )}
        </Card>
      )}
      <Tap className='card row' role='switch' isOn={isLarge} onTap={() => setLarge(!isLarge)}>
        <View className='disc link'>
          <Icon name='text-aa' />
        </View>
        <View className='grow'>
          <View className='b'>大字</View>
          <View className='muted s'>{isLarge ? '开着，点一下换回普通字' : '字大、步骤少，点一下打开'}</View>
        </View>
        <View className={`chip ${isLarge ? 'ok' : ''}`}>{isLarge ? '开' : '关'}</View>
      </Tap>
      {isLarge && (
        <Button kind='line' onTap={() => go('/pages/today/index')}>
          回到首页
        </Button>
      )}
      {process.env.TARO_ENV === 'h5' && (
        <Button
          id='other'
          kind='quiet'
          onTap={() => {
            becomes(undefined)
            void Taro.reLaunch({ url: WHO_PAGE })
          }}
        >
          换一个人试试
        </Button>
      )}
    </Page>
  )
}

function Row({ icon, words, onTap }: { icon: IconName; words: string; onTap: () => void }) {
  return (
    <Tap className='item' role='link' onTap={onTap}>
      <View className='disc'>
        <Icon name={icon} />
      </View>
      <View className='grow b'>{words}</View>
      <Icon name='caret-right-bold' />
    </Tap>
  )
}
