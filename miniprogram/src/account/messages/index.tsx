/** 消息: what one was told, newest first. */
import { View } from '@tarojs/components'
import { notices } from '../../api/resident'
import { useAnswer } from '../../lib/asking'
import { whenText } from '../../lib/clock'
import { Card, Icon, Page } from '../../ui/base'
import { Empty, Shown } from '../../ui/states'

export default function Messages() {
  const found = useAnswer('notices', notices)
  return (
    <Page title='消息'>
      <Shown of={found}>
        {({ items }) => (
          <>
            {!items.length && (
              <Empty title='还没有消息' words='照片看过了、东西备好了、积分到手了，都会在这里告诉您。' />
            )}
            {items.map(one => (
              <Card key={one.id} className='tight'>
                <View className='row' style={{ alignItems: 'flex-start' }}>
                  <View className='disc'>
                    <Icon name='bell' />
                  </View>
                  <View className='grow'>
                    <View className='b'>{one.title}</View>
                    <View>{one.sentence}</View>
                    <View className='muted s'>{whenText(one.written_at)}</View>
                  </View>
                </View>
              </Card>
            ))}
          </>
        )}
      </Shown>
    </Page>
  )
}
