"""The bodies of the studio's routes, and what its works are."""

from enum import StrEnum
from typing import Annotated

import msgspec

from app.kernel.structs import Id, Input, View
from media.studio.captions.webvtt import CHARS_MAX
from media.studio.errors import Failure
from media.studio.models import LABEL_CHARS_MAX, LANGUAGE_CHARS_MAX
from media.studio.slides.plan import PRODUCTS_MAX

TITLE_CHARS_MAX = 60
OVERLAY_CHARS_MAX = 80
FILM_MS_MAX = 4 * 3600 * 1000

Title = Annotated[
    str, msgspec.Meta(min_length=1, max_length=TITLE_CHARS_MAX, examples=["春日上新"])
]
Moment = Annotated[int, msgspec.Meta(ge=0, le=FILM_MS_MAX, examples=[1500])]
LanguageTag = Annotated[
    str,
    msgspec.Meta(
        max_length=LANGUAGE_CHARS_MAX,
        pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,4}$",
        examples=["zh-CN"],
    ),
]


class WorkKind(StrEnum):
    """What is made."""

    SLIDESHOW = "slideshow"
    TRIM = "trim"
    OVERLAY = "overlay"


class WorkState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class SlideLanguage(StrEnum):
    """Of the words on slides that are not the brand's."""

    CHINESE = "zh"
    ENGLISH = "en"


class FilmSize(StrEnum):
    """Width of a portrait film."""

    HD = "720"
    FULL_HD = "1080"


class Corner(StrEnum):
    """Where something lies on the picture."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTER = "center"


class SlideshowCreate(Input):
    """A film of products."""

    product_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=PRODUCTS_MAX)]
    """In the order in which they are shown; each once."""
    template: Annotated[str, msgspec.Meta(max_length=32, examples=["festive"])]
    title: Title
    music: Annotated[str, msgspec.Meta(max_length=32, examples=["festival"])] | None = None
    """Default: the piece that suits the template."""
    language: SlideLanguage = SlideLanguage.CHINESE
    size: FilmSize = FilmSize.FULL_HD


class TrimCreate(Input):
    """The part of a film that is kept."""

    start_ms: Moment
    end_ms: Moment


class Logo(Input):
    """A picture in a corner."""

    image_id: Id
    corner: Corner = Corner.TOP_RIGHT


class Caption(Input):
    """Words on the picture."""

    text: Annotated[
        str, msgspec.Meta(min_length=1, max_length=OVERLAY_CHARS_MAX, examples=["今晚八点"])
    ]
    corner: Corner = Corner.BOTTOM


class OverlayCreate(Input):
    """What is laid over a film, for all of it or for a while."""

    logo: Logo | None = None
    text: Caption | None = None
    start_ms: Moment = 0
    end_ms: Moment | None = None


class CaptionsCreate(Input):
    """A track of captions; one of the same language is replaced."""

    language: LanguageTag
    label: Annotated[
        str, msgspec.Meta(min_length=1, max_length=LABEL_CHARS_MAX, examples=["简体中文"])
    ]
    text: Annotated[
        str,
        msgspec.Meta(
            min_length=6,
            max_length=CHARS_MAX,
            examples=["WEBVTT\n\n00:00.500 --> 00:02.000\n春天来了"],
        ),
    ]
    """A WebVTT file."""
    first: bool = False
    """Shown unless the viewer chose another one."""


class CaptionsView(View):
    """A track as its owner sees it."""

    language: str
    label: str
    cues: int
    first: bool


class WorkView(View):
    """A film that is being made."""

    id: Id
    kind: WorkKind
    state: WorkState
    title: str
    video_id: Id | None
    """The new video, once it is there; it then goes the way of an upload."""
    duration_ms: int | None
    """Of the film to be, where it is known."""
    failure: Failure | None
    """Why there is no film; a stable word, for programs and translations."""
    failure_detail: str | None
    """The same in words."""


class TemplateView(View):
    """A way to show products."""

    key: str
    name: dict[str, str]
    """By language."""
    words: dict[str, str]
    music: str


class MusicView(View):
    """A piece of music."""

    key: str
    name: dict[str, str]
    beats_per_minute: float


class StudioView(View):
    """What slide shows are made of."""

    templates: list[TemplateView]
    music: list[MusicView]
    products_max: int
