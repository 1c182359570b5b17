"""The rules of posts, for any input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.accounts.interfaces import AccountKind
from feeds.posts.interfaces import Audience, FanOut, PostKind, PostStatus
from feeds.posts.rules import (
    HASHTAG_CHARS_MAX,
    HASHTAGS_MAX,
    Content,
    fan_out_of,
    hashtags_of,
    may_move,
    missing,
    tag_key,
)

statuses = st.sampled_from(list(PostStatus))
_RANK = {s: rank for rank, s in enumerate(PostStatus)}


class TestStates:
    @given(st.lists(statuses, max_size=12))
    def test_published_is_never_left_but_for_withdrawn(self, wishes: list[PostStatus]) -> None:
        state, was_published = PostStatus.DRAFT, False
        for wish in wishes:
            if may_move(state, wish):
                state = wish
            was_published |= state is PostStatus.PUBLISHED
            if was_published:
                assert state in (PostStatus.PUBLISHED, PostStatus.WITHDRAWN)

    @given(st.lists(statuses, max_size=12))
    def test_withdrawn_is_for_ever(self, wishes: list[PostStatus]) -> None:
        state, gone = PostStatus.DRAFT, False
        for wish in wishes:
            if may_move(state, wish):
                state = wish
            gone |= state is PostStatus.WITHDRAWN
            assert not gone or state is PostStatus.WITHDRAWN

    @given(statuses, statuses)
    def test_only_a_scheduled_post_goes_back(self, a: PostStatus, b: PostStatus) -> None:
        if may_move(a, b) and _RANK[b] < _RANK[a]:
            assert (a, b) == (PostStatus.SCHEDULED, PostStatus.DRAFT)

    @pytest.mark.parametrize("state", [s for s in PostStatus if s is not PostStatus.WITHDRAWN])
    def test_every_post_can_be_withdrawn(self, state: PostStatus) -> None:
        assert may_move(state, PostStatus.WITHDRAWN)


class TestHashtags:
    @pytest.mark.parametrize(
        ("text", "tags"),
        [
            ("#春天的颜色# 山茶开了", ["春天的颜色"]),
            ("山茶 #sale and #new", ["sale", "new"]),
            ("#春天 的颜色#", ["春天 的颜色"]),
            ("＃话题＃", ["话题"]),
            ("#a#b#c#", ["a", "c"]),
            ("a#b", ["b"]),
            ("# nothing # here", []),
            ("#!?#", []),
            ("##", []),
            ("#Sale #sale #ＳＡＬＥ", ["Sale"]),
            ("#" + "x" * 41, []),
            ("#" + "x" * 40, ["x" * 40]),
            ("#word " + "x" * 60 + "# end", ["word"]),
            ("#one\n#two", ["one", "two"]),
        ],
    )
    def test_examples(self, text: str, tags: list[str]) -> None:
        assert hashtags_of(text) == tags

    @given(st.text(alphabet=st.sampled_from("#＃ab 山\n!"), max_size=80) | st.text(max_size=200))
    def test_bounds(self, text: str) -> None:
        tags = hashtags_of(text)
        assert len(tags) <= HASHTAGS_MAX
        assert len({tag_key(tag) for tag in tags}) == len(tags)
        for tag in tags:
            assert 1 <= len(tag) <= HASHTAG_CHARS_MAX
            assert tag in text
            assert tag == tag.strip()
            assert "#" not in tag
            assert tag_key(tag)

    @given(st.lists(st.text(alphabet="abc山茶花_1", min_size=1, max_size=12), max_size=15))
    def test_words_are_found(self, words: list[str]) -> None:
        found = hashtags_of(" ".join(f"#{word}" for word in words))
        assert found == list(dict.fromkeys(words))[:HASHTAGS_MAX]


contents = st.builds(
    Content,
    kind=st.sampled_from(list(PostKind)),
    text=st.sampled_from(["", " ", "words"]),
    pictures=st.integers(0, 9),
    products=st.integers(0, 20),
    is_repost=st.booleans(),
    account_kind=st.sampled_from(list(AccountKind)),
)


class TestMissing:
    @given(contents)
    def test_what_goes_out_has_what_its_kind_shows(self, content: Content) -> None:
        if missing(content):
            return
        assert content.is_repost == (content.kind is PostKind.REPOST)
        seen = content.pictures or content.video
        assert seen or content.products or content.text.strip() or content.is_repost
        if content.kind in (PostKind.BUYER_SHOW, PostKind.ORDER_SHOW):
            assert content.account_kind is AccountKind.SHOPPER
            assert seen
        if content.kind in (PostKind.NEW_ARRIVALS, PostKind.PRODUCT_SHOW):
            assert content.products

    @given(contents)
    def test_errors_name_fields(self, content: Content) -> None:
        for error in missing(content):
            assert error.pointer in {
                "/kind", "/text", "/pictureIds", "/productIds", "/repostOfId"
            }  # fmt: skip


class TestFanOut:
    @given(st.sampled_from(list(Audience)), st.integers(0, 10**9), st.integers(0, 10**6))
    def test_the_choice(self, audience: Audience, followers: int, bound: int) -> None:
        pulled = fan_out_of(audience, followers, bound) is FanOut.PULL
        assert pulled == (audience is not Audience.SELECTED and followers > bound)
