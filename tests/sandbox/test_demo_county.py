"""The shops of the demo county have something to sell."""

from sqlalchemy import text

from app.kernel.db import db
from mall.catalogue.proof import QUESTIONS
from sandbox import demo_county, demo_shelves, people
from sandbox.people import COUNTY_ID


def test_three_shops_of_the_demo_county_sell_for_points(app, settings, noon):
    with app.app_context():
        county = demo_county.DemoCounty(settings, noon())
        for step in (
            county.enter_places,
            county.enter_staff,
            county.open_shop,
            county.stock_shelves,
        ):
            step()
            db.session.flush()
        asked = db.session.connection()
        lies = [name for name, question in QUESTIONS.items() if asked.execute(text(question)).all()]
        rows = asked.execute(
            text("""
                SELECT s.name, g.points_price, o.stock
                  FROM offers o JOIN goods g ON g.id = o.goods_id JOIN shops s ON s.id = o.shop_id
                 WHERE o.county_id = :county AND g.state = 'listed'
            """),
            {"county": COUNTY_ID},
        ).all()
        db.session.commit()

    assert lies == []
    shops = {people.SHOP, *(place[3] for place in people.OTHER_SHOPS)}
    assert {row.name for row in rows} == shops
    for shop in shops:
        prices = sorted(row.points_price for row in rows if row.name == shop)
        assert prices == [200, 200, 300, 1000]
    assert {row.stock for row in rows} == {demo_shelves.PIECES}
