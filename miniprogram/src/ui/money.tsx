/** The only places that write 元 and 分 after a figure. */
import { Text } from '@tarojs/components'
import { pointsText, yuan } from '../lib/money'

export const Amount = ({ fen, className = '' }: { fen: number; className?: string }) => (
  <Text className={`num nowrap ${className}`}>{yuan(fen)} 元</Text>
)
export const Points = ({ points, className = '' }: { points: number; className?: string }) => (
  <Text className={`num nowrap ${className}`}>{pointsText(points)} 分</Text>
)
