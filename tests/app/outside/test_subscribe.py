"""What a subscribe message may hold, by the type of its keyword."""

import pytest

from app.outside.wechat.subscribe import fitted


@pytest.mark.parametrize(
    ("keyword", "value", "sent"),
    [
        ("thing1", "积分快到期了", "积分快到期了"),
        ("thing1", "一" * 20, "一" * 20),
        ("thing12", "一" * 21, "一" * 19 + "…"),
        ("phrase2", "已经发到您家", "已经发到…"),
        ("thing1", "第一行\n第二行", "第一行 第二行"),
        ("thing1", "", "-"),
    ],
)
def test_a_value_is_cut_to_what_wechat_takes(keyword, value, sent):
    assert fitted({keyword: value}) == {keyword: {"value": sent}}
