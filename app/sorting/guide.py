"""Where a thing goes: what people ask before they throw something away, and the answer.

By the national classes of household waste (GB/T 19095); what counties treat otherwise, their own
notices say.
"""

from dataclasses import dataclass

from app.kernel.texts import folded
from app.kernel.waste import KIND_WORDS, WasteKind

_K, _R, _H, _O = (
    WasteKind.KITCHEN,
    WasteKind.RECYCLABLE,
    WasteKind.HAZARDOUS,
    WasteKind.RESIDUAL,
)
# Names by which people look for a thing, in one text; what to mind, if anything.
_THINGS: tuple[tuple[WasteKind, str, str], ...] = (
    (_K, "剩饭 剩菜 饭菜", "沥干汤水再放"),
    (_K, "菜叶 菜根 烂菜 菜帮", "捆菜的绳子、胶带要拿掉"),
    (_K, "果皮 果肉 果核 西瓜皮 香蕉皮 苹果核 橘子皮", ""),
    (_K, "鸡蛋壳 蛋壳", ""),
    (_K, "鱼骨 鱼刺 鸡骨头 小骨头 虾壳 蟹壳", "猪、牛的大棒骨是其他垃圾"),
    (_K, "茶叶渣 茶叶 咖啡渣 中药渣", "茶包的袋子是其他垃圾"),
    (_K, "过期食品 面包 糕点 饼干 零食", "先拆掉包装"),
    (_K, "面条 米饭 馒头 面粉 大米", ""),
    (_K, "肉 肉皮 内脏 鱼鳞", ""),
    (_K, "豆渣 豆腐 花生壳 瓜子壳 玉米芯", "玉米衣也是厨余垃圾"),
    (_K, "枯花 残枝 落叶 绿植 盆栽", "花盆和土另放"),
    (_K, "调料 酱料 果酱", "瓶子洗净是可回收物"),
    (_R, "纸箱 快递箱 纸盒 纸板 纸壳", "拆平，撕掉胶带，不要弄湿"),
    (_R, "报纸 书 书本 杂志 作业本 打印纸 传单", ""),
    (_R, "饮料瓶 塑料瓶 矿泉水瓶 可乐瓶", "倒空压扁；可以攒起来卖，变成积分"),
    (_R, "油桶 油壶 洗发水瓶 洗洁精瓶 洗衣液瓶 沐浴露瓶", "用完冲一冲"),
    (_R, "塑料盆 塑料桶 塑料凳 塑料玩具 塑料盒", ""),
    (_R, "泡沫 泡沫箱 泡沫塑料", "保持干净"),
    (_R, "易拉罐 罐头盒 奶粉罐 铁罐", "倒空冲净"),
    (_R, "铁锅 菜刀 剪刀 铁钉 钢筋 废铁 废铝 废铜 金属", "刀剪包好再放"),
    (_R, "玻璃瓶 酒瓶 玻璃杯 玻璃 碎玻璃 窗玻璃", "碎的包好，写上“碎玻璃”"),
    (_R, "旧衣服 旧衣物 床单 被套 毛巾 布料 鞋 包", "洗净晾干；脏的、破烂的是其他垃圾"),
    (_R, "牛奶盒 饮料盒 利乐包", "冲净压扁"),
    (_R, "旧手机 电脑 电视 冰箱 洗衣机 空调 小家电 电饭煲 充电器", "大件约人上门收"),
    (_R, "电线 插座 数据线", ""),
    (_R, "轮胎 橡胶 自行车", "大件约人上门收"),
    (_R, "塑料薄膜 农膜 地膜 快递袋", "抖净泥土；农膜可以送回收点"),
    (_H, "电池 纽扣电池 充电电池 蓄电池 电瓶", "普通干电池（5 号、7 号碱性电池）是其他垃圾"),
    (_H, "灯管 节能灯 日光灯 灯泡 荧光灯", "轻放，别打碎"),
    (_H, "过期药 药品 药片 药膏 胶囊", "连同直接包着药的包装一起放"),
    (_H, "水银温度计 体温计 血压计 水银", "装好别打碎"),
    (_H, "杀虫剂 蚊香液 灭鼠药 老鼠药 农药 农药瓶 除草剂", "农药瓶不要自己冲洗，也不要烧"),
    (_H, "油漆 油漆桶 胶水 染发剂 指甲油 洗甲水", ""),
    (_H, "墨盒 硒鼓 胶片 相纸 X光片", ""),
    (_H, "消毒剂 漂白剂 84消毒液", "没用完的拧紧盖子"),
    (_O, "干电池 5号电池 7号电池 碱性电池", ""),
    (_O, "卫生纸 餐巾纸 纸巾 湿巾 厕纸 用过的纸", ""),
    (_O, "尿不湿 纸尿裤 卫生巾", ""),
    (_O, "烟头 烟灰 打火机", "浇灭再放"),
    (_O, "塑料袋 垃圾袋 保鲜膜 脏塑料袋 食品袋", "干净的塑料袋可以留着再用"),
    (_O, "一次性餐盒 一次性筷子 纸杯 外卖盒 方便面碗 牙签", "剩饭先倒进厨余垃圾"),
    (_O, "陶瓷 碗 盘子 花盆 瓦罐", "碎的包好"),
    (_O, "大骨头 棒骨 猪骨 牛骨 贝壳 螺蛳壳 榴莲壳 椰子壳 核桃壳", "太硬，不能堆肥"),
    (_O, "尘土 灰土 扫地灰 炉灰 煤灰", "晾凉再放"),
    (_O, "毛发 头发 宠物毛 猫砂 宠物粪便", ""),
    (_O, "口罩 创可贴 棉签", "生病的人用过的，喷一喷消毒水扎紧"),
    (_O, "牙刷 牙膏皮 梳子 百洁布 抹布 拖把", ""),
    (_O, "笔 圆珠笔 橡皮 胶带 便利贴", ""),
    (_O, "破衣服 袜子 内衣 破布", "干净完好的衣物是可回收物"),
    (_O, "镜子 雨伞 眼镜", "镜子包好，写上“碎玻璃”"),
    (_O, "照片 复写纸 收银小票 墙纸 污损的纸", ""),
    (_O, "LED灯 LED灯泡", "不含水银，不是有害垃圾"),
)
SHOWN_MAX = 20


@dataclass(frozen=True)
class Thing:
    """A thing, and where it goes."""

    name: str
    also: tuple[str, ...]  # other names that go the same way
    kind: WasteKind
    hint: str

    @property
    def words(self) -> str:
        """Say "菜叶是厨余垃圾"."""
        return f"{self.name}是{KIND_WORDS[self.kind]}"


@dataclass(frozen=True)
class _Known:
    kind: WasteKind
    names: tuple[str, ...]
    folded: tuple[str, ...]
    hint: str


_KNOWN = tuple(
    _Known(kind, tuple(names.split()), tuple(folded(name) for name in names.split()), hint)
    for kind, names, hint in _THINGS
)


def looked_up(words: str) -> list[Thing]:
    """The things that are called so, those that are called exactly so first; at most 20."""
    wanted = folded(words)
    found = []
    for known in _KNOWN:
        best = min(
            (
                (rank, name)
                for name, own in zip(known.names, known.folded, strict=True)
                if (rank := _rank(own, wanted)) is not None
            ),
            default=None,
        )
        if best is not None:
            also = tuple(name for name in known.names if name != best[1])
            found.append((best[0], Thing(best[1], also, known.kind, known.hint)))
    return [thing for _, thing in sorted(found, key=lambda one: one[0])][:SHOWN_MAX]


def _rank(name: str, wanted: str) -> int | None:
    """0: the same; 1: a part of the name was typed; 2: the name is a part of what was typed."""
    if name == wanted:
        return 0
    if wanted in name:
        return 1
    return 2 if len(name) > 1 and name in wanted else None
