"""A shopper with an opinion: likes, takes likes back, comments."""

# Locust ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import random

from locust import between, task

from loadtests.common.journey import LOG
from loadtests.common.outside import Told
from loadtests.scenarios.browsing import Browsing


class Liking(Browsing):
    """Reads like everyone, and reacts."""

    weight = 3
    wait_time = between(0.3, 1.2)

    @task(12)
    def like(self) -> None:
        """Like a post of this run; one in five takes it back."""
        if not (posts := LOG.standing()):
            return
        post, on = random.choice(posts), random.random() < 0.8
        name = "likePost" if on else "unlikePost"
        method = "PUT" if on else "DELETE"
        told, _ = self.call(method, f"/v1/posts/{post}/like", name, about=post)
        LOG.note_like(post, self.me.shopper, on, told)

    @task(3)
    def comment(self) -> None:
        """Say something under a post of this run."""
        if not (posts := LOG.standing()):
            return
        post = random.choice(posts)
        text = random.choice(("好看！", "想要一个", "Looks great", "多少钱？", "已下单 🎉"))
        told, made = self.call(
            "POST", f"/v1/posts/{post}/comments", "writeComment", json={"text": text}, about=post
        )
        if told is Told.YES and made:
            LOG.note_comment(post, int(made["id"]))
