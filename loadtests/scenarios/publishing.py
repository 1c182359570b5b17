"""Someone with something to show: takes a picture, publishes it, now and then withdraws it."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import random
from io import BytesIO

from locust import between, task
from PIL import Image

from loadtests.common.journey import LOG, Shopper
from loadtests.common.multipart import one_file
from loadtests.common.outside import Told


class Publishing(Shopper):
    """One in ten."""

    weight = 1
    wait_time = between(1.0, 3.0)

    def on_start(self) -> None:
        """Keep what was published, to withdraw some of it."""
        super().on_start()
        self.mine: list[int] = []

    @task(6)
    def publish(self) -> None:
        """A picture-text post from an upload."""
        colour = tuple(random.randrange(256) for _ in range(3))
        photo = BytesIO()
        noise = Image.effect_noise((640, 480), 40).convert("RGB")
        Image.blend(noise, Image.new("RGB", noise.size, colour), 0.6).save(photo, "JPEG")
        body, content_type = one_file("file", "photo.jpg", photo.getvalue(), "image/jpeg")
        told, image = self.call(
            "POST",
            "/v1/images",
            "uploadImage",
            data=body,
            headers={"content-type": content_type},
        )
        if told is not Told.YES or not image:
            return
        words = f"#狂欢城# 新品 {random.randrange(10_000)}"
        told, made = self.call(
            "POST",
            "/v1/posts",
            "createPost",
            json={"kind": "pictures", "text": words, "pictureIds": [image["id"]]},
        )
        if told is Told.YES and made:
            post = made["post"]
            self.mine.append(int(post["id"]))
            LOG.note_post(int(post["id"]), int(post["account"]["id"]), post["publishedAt"])

    @task(1)
    def withdraw(self) -> None:
        """Take one back."""
        if len(self.mine) > 3:
            post = self.mine.pop(random.randrange(len(self.mine)))
            LOG.begin_withdrawal(post)
            told, _ = self.call("POST", f"/v1/posts/{post}/withdraw", "withdrawPost")
            LOG.note_withdrawal(post, told)
