"""From products to a video with poster, preview and storyboard: every slice is the real one."""

from typing import Any

import httpx
from sqlalchemy import text

from tests.factories.town import Town

_OURS = ("media.studio.", "media.stills.", "media.videos.", "videos.")


async def test_products_become_a_video_that_can_be_shown(
    town: Town, client: httpx.AsyncClient
) -> None:
    shop = await town.shop("面面俱到")
    body: dict[str, Any] = {
        "title": "十八小时牛骨汤面",
        "price": {"amountMinor": 5990, "currency": "CNY"},
        "imageId": await town.picture(shop.owner),
    }
    product = await town.good("POST", f"/v1/brands/{shop.id}/products", shop.owner, json=body)
    show = {"productIds": [product["id"]], "template": "festive", "title": "一碗好面"}
    order = await town.good("POST", f"/v1/brands/{shop.id}/slideshows", shop.owner, json=show)
    async with town.house.database.transaction() as tx:
        smaller = "UPDATE studio_works SET spec = jsonb_set(spec, '{width}', '180')"
        await tx.session.execute(text(smaller))
    await town.run_jobs(only=_OURS)
    work = await town.good("GET", f"/v1/studio/works/{order['id']}", shop.owner)
    assert work["state"] == "done"
    video = await town.good("GET", f"/v1/videos/{work['videoId']}", shop.owner)
    assert video["refusal"] is None
    assert (video["width"], video["height"]) == (180, 320)
    assert abs(video["durationMs"] - order["durationMs"]) < 60
    assert video["poster"]["height"] == 320
    draft = await town.good("GET", f"/v1/videos/{video['id']}/timeline/draft", shop.owner)
    assert [cue["ref"] for cue in draft["cues"]] == [product["id"]]
    preview = await client.get(video["preview"])
    assert preview.headers["content-type"].startswith("video/mp4")
    assert preview.content[4:8] == b"ftyp"
    part = await client.get(video["preview"], headers={"range": "bytes=0-3"})
    assert part.status_code == 206
    storyboard = (await client.get(video["storyboard"])).text
    times = [line for line in storyboard.splitlines() if "-->" in line]
    assert len(times) >= video["durationMs"] // 1000
    sheet = video["storyboard"].replace("storyboard.vtt", "sheet-0.jpeg")
    assert (await client.get(sheet)).headers["content-type"] == "image/jpeg"
    path = f"/v1/videos/{video['id']}"
    by_id = f"/m/{video['id']}/stills/{video['preview'].partition('/stills/')[2]}"
    assert (await client.get(by_id)).status_code == 404, "a draft's has a token in its address"
    await town.good("POST", f"{path}/publish", shop.owner)
    assert (await town.good("GET", path, shop.owner))["preview"] == by_id
    assert (await client.get(by_id)).headers["cache-control"].startswith("public")
    for wrong in ("preview.mov", "../preview.mp4", "sheet-99.jpeg"):
        assert (await client.get(by_id.replace("preview.mp4", wrong))).status_code == 404
    hash_ = by_id.split("/")[4]
    assert (await client.get(by_id.replace(hash_, "0" * 64))).status_code == 404
    await town.good("POST", f"{path}/withdraw", shop.owner)
    assert (await client.get(by_id)).status_code == 404
    again = await town.good("GET", path, shop.owner)
    private = await client.get(again["preview"])
    assert private.status_code == 200
    assert private.headers["cache-control"].startswith("private")
    chosen = await town.good(
        "POST", f"/v1/videos/{work['videoId']}/cover", shop.owner, json={"atMs": 2500}
    )
    assert chosen == {"atMs": 2500, "poster": None}
    await town.run_jobs(only=_OURS)
    covered = await town.good("GET", f"/v1/videos/{work['videoId']}", shop.owner)
    assert covered["poster"]["base"] != video["poster"]["base"]
    await town.good("DELETE", f"/v1/videos/{work['videoId']}/cover", shop.owner)
    again = await town.good("GET", f"/v1/videos/{work['videoId']}", shop.owner)
    assert again["poster"]["base"] == video["poster"]["base"]
    operator = await town.operator()
    words = {"words": "a test"}
    path = f"/v1/videos/{work['videoId']}/takedown"
    answer = await town.ask("POST", path, operator, json=words)
    assert answer.status_code < 300, answer.text
    await town.run_jobs(only=_OURS)
    assert (await client.get(video["preview"])).status_code == 404
