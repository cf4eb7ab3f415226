import { Text, View } from '@tarojs/components'
import type { Schemas } from '../../api/resident'
import { useAnswer } from '../../lib/asking'
import { go } from '../../lib/going'
import { pointsText, spokenYuan } from '../../lib/money'
import { canSpeak, speak } from '../../lib/sound'
import { Button, Icon, Page, Tap } from '../../ui/base'
import { Shown } from '../../ui/states'
import { theDay } from './day'
import { homeName } from './index'

/** Three acts, one column, nothing that moves. */
export function ElderToday({ household }: { household: Schemas['HouseholdOut'] }) {
  const day = useAnswer('today', theDay)
  return (
    <Page isTab title={homeName(household.head)} className='elder'>
      <Shown of={day}>
        {({ points, photo, order }) => {
          const says = photo ? '今天拍过了' : '今天还没拍'
          return (
            <>
              <View className='balance'>
                <View className='dim line'>还有</View>
                <View>
                  <Text className='figure num'>{pointsText(points.points)}</Text>{' '}
                  <Text className='unit'>分</Text>
                </View>
                <View className='dim line'>能买 {spokenYuan(points.points)} 的东西</View>
              </View>
              {canSpeak && (
                <Tap
                  className='say'
                  onTap={() =>
                    speak(
                      `您还有${points.points}分，能买${spokenYuan(points.points)}的东西。${says}垃圾。${order ? `${order.lines[0]?.name}备好了，可以去取。` : ''}`,
                    )
                  }
                >
                  <Icon name='speaker-high-fill' />
                  读给我听
                </Tap>
              )}
              <Tap
                className='big-act gold'
                onTap={() =>
                  go(photo ? `/account/photo/index?id=${photo.id}` : '/account/photo/index?take=yes')
                }
              >
                <Icon name='camera-fill' />
                <View>
                  拍垃圾
                  <View className='small'>{says}</View>
                </View>
              </Tap>
              <Tap className='big-act ink' onTap={() => go('/pages/pay/index')}>
                <Icon name='qr-code' />
                <View>
                  付钱
                  <View className='small'>给店员扫一扫</View>
                </View>
              </Tap>
              {order && (
                <Tap className='big-act white' onTap={() => go(`/mall/order/index?id=${order.id}`)}>
                  <Icon name='package' />
                  <View>
                    取东西
                    <View className='small'>{order.lines[0]?.name}备好了</View>
                  </View>
                </Tap>
              )}
              <View className='pair'>
                <Button kind='line' onTap={() => go('/account/points/index')}>
                  积分明细
                </Button>
                <Button kind='line' onTap={() => go('/pages/me/index')}>
                  其他
                </Button>
              </View>
            </>
          )
        }}
      </Shown>
    </Page>
  )
}
