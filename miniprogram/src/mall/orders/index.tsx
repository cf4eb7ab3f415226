/** 我的订单: open ones first in sight, because they are the newest. */
import { View } from '@tarojs/components'
import { orders } from '../../api/mall'
import { useAnswer } from '../../lib/asking'
import { whenText } from '../../lib/clock'
import { go } from '../../lib/going'
import { Icon, Page, Tap } from '../../ui/base'
import { Points } from '../../ui/money'
import { Empty, Shown } from '../../ui/states'
import { headline } from '../words'

export default function Orders() {
  const found = useAnswer('orders', orders)
  return (
    <Page title='我的订单'>
      <Shown of={found}>
        {({ items }) => (
          <>
            {!items.length && (
              <Empty
                title='还没有订过东西'
                words='在商城里挑一样，店里备好了告诉您去取。'
                act='去商城看看'
                onAct={() => go('/pages/mall/index')}
              />
            )}
            {items.map(order => (
              <Tap
                key={order.id}
                className='card tight row'
                role='link'
                onTap={() => go(`/mall/order/index?id=${order.id}`)}
              >
                <View className={`disc ${order.state === 'ready' ? 'gold' : ''}`}>
                  <Icon name='package' />
                </View>
                <View className='grow'>
                  <View className='b'>{headline(order)}</View>
                  <View className='muted s'>
                    {order.lines[0]?.name}
                    {order.lines.length > 1 ? `等 ${order.lines.length} 样` : ''} ·{' '}
                    {whenText(order.placed_at)}
                  </View>
                </View>
                <Points className='b' points={order.points} />
              </Tap>
            ))}
          </>
        )}
      </Shown>
    </Page>
  )
}
