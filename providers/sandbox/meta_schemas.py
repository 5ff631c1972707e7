"""What Meta's `POST /{phone_number_id}/messages` accepts, with the documented limits (in code points).

Lists are held to 1,024 body characters: Meta's pages disagree (4,096 on one), the lower one is safe.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator


def _text(limit: int) -> Any:
    return StringConstraints(strict=True, min_length=1, max_length=limit, pattern=r"\S")


Text20 = Annotated[str, _text(20)]
Text24 = Annotated[str, _text(24)]
Text60 = Annotated[str, _text(60)]
Text1024 = Annotated[str, _text(1024)]
Id256 = Annotated[str, _text(256)]
Id200 = Annotated[str, _text(200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextPart(_Part):
    body: Annotated[str, _text(4096)]
    preview_url: StrictBool = False


class BodyPart(_Part):
    text: Text1024


class FooterPart(_Part):
    text: Text60


class TextHeader(_Part):
    type: Literal["text"]
    text: Text60


class MediaPart(_Part):
    """`id` of an uploaded file or a `link`, one of them."""

    id: str | None = None
    link: AnyHttpUrl | None = None

    @model_validator(mode="after")
    def _one_source(self) -> MediaPart:
        if (self.id is None) == (self.link is None):
            raise ValueError("give either id or link")
        return self


class CaptionedPart(MediaPart):
    caption: Text1024 | None = None


class DocumentPart(CaptionedPart):
    filename: Annotated[str, _text(240)] | None = None


class ImageHeader(_Part):
    type: Literal["image"]
    image: MediaPart


class VideoHeader(_Part):
    type: Literal["video"]
    video: MediaPart


class DocumentHeader(_Part):
    type: Literal["document"]
    document: DocumentPart


Header = Annotated[TextHeader | ImageHeader | VideoHeader | DocumentHeader, Field(discriminator="type")]


class Reply(_Part):
    id: Id256
    title: Text20


class ReplyButton(_Part):
    type: Literal["reply"]
    reply: Reply


class ButtonAction(_Part):
    buttons: Annotated[list[ReplyButton], Field(min_length=1, max_length=3)]

    @model_validator(mode="after")
    def _unique(self) -> ButtonAction:
        _no_twice("button ids", [button.reply.id for button in self.buttons])
        _no_twice("button titles", [button.reply.title for button in self.buttons])
        return self


class Row(_Part):
    id: Id200
    title: Text24
    description: Annotated[str, _text(72)] | None = None


class Section(_Part):
    title: Text24 | None = None
    rows: Annotated[list[Row], Field(min_length=1)]


class ListAction(_Part):
    button: Text20
    sections: Annotated[list[Section], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _rows(self) -> ListAction:
        rows = [row for section in self.sections for row in section.rows]
        if len(rows) > 10:
            raise ValueError(f"Total row count exceed max allowed count: 10 ({len(rows)} given)")
        if len(self.sections) > 1 and any(section.title is None for section in self.sections):
            raise ValueError("Section title is required if there is more than one section")
        _no_twice("row ids", [row.id for row in rows])
        return self


class UrlParameters(_Part):
    display_text: Text20
    url: AnyHttpUrl


class UrlAction(_Part):
    name: Literal["cta_url"]
    parameters: UrlParameters


class LocationAction(_Part):
    name: Literal["send_location"]


class FlowParameters(_Part):
    flow_message_version: Literal["3"]
    flow_id: Id256
    flow_cta: Annotated[str, _text(30)]
    flow_token: str | None = None
    flow_action: Literal["navigate", "data_exchange"] | None = None
    flow_action_payload: dict[str, Any] | None = None


class FlowAction(_Part):
    name: Literal["flow"]
    parameters: FlowParameters


class _Interactive(_Part):
    body: BodyPart


class Buttons(_Interactive):
    type: Literal["button"]
    header: Header | None = None
    footer: FooterPart | None = None
    action: ButtonAction


class ListMenu(_Interactive):
    type: Literal["list"]
    header: TextHeader | None = None
    footer: FooterPart | None = None
    action: ListAction


class CtaUrl(_Interactive):
    type: Literal["cta_url"]
    header: Header | None = None
    footer: FooterPart | None = None
    action: UrlAction


class LocationRequest(_Interactive):
    type: Literal["location_request_message"]
    action: LocationAction


class Flow(_Interactive):
    type: Literal["flow"]
    header: Header | None = None
    footer: FooterPart | None = None
    action: FlowAction


class Language(_Part):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]
    policy: Literal["deterministic"] | None = None


class Component(_Part):
    type: Literal["header", "body", "button"]
    sub_type: Literal["quick_reply", "url"] | None = None
    index: str | None = None
    parameters: list[dict[str, Any]] = Field(default_factory=list)


class Template(_Part):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Language
    components: list[Component] = Field(default_factory=list)


class Reaction(_Part):
    message_id: Annotated[str, _text(512)]
    emoji: str


class Context(_Part):
    message_id: Annotated[str, _text(512)]


class Send(_Part):
    """The envelope of every message. `to` wins over `recipient` (a business-scoped user id)."""

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: Annotated[str, StringConstraints(strict=True, pattern=r"^\+?[1-9]\d{6,14}$")] | None = None
    recipient: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}$")] | None = (
        None
    )
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, StringConstraints(max_length=512)] | None = None

    @model_validator(mode="after")
    def _someone(self) -> Send:
        if self.to is None and self.recipient is None:
            raise ValueError("The parameter to is required")
        return self


class SendText(Send):
    type: Literal["text"]
    text: TextPart


class SendInteractive(Send):
    type: Literal["interactive"]
    interactive: Annotated[Buttons | ListMenu | CtaUrl | LocationRequest | Flow, Field(discriminator="type")]


class SendTemplate(Send):
    type: Literal["template"]
    template: Template


class SendReaction(Send):
    type: Literal["reaction"]
    reaction: Reaction


class SendImage(Send):
    type: Literal["image"]
    image: CaptionedPart


class SendVideo(Send):
    type: Literal["video"]
    video: CaptionedPart


class SendAudio(Send):
    type: Literal["audio"]
    audio: MediaPart


class SendDocument(Send):
    type: Literal["document"]
    document: DocumentPart


class SendSticker(Send):
    type: Literal["sticker"]
    sticker: MediaPart


class TypingIndicator(_Part):
    type: Literal["text"]


class ReadReceipt(_Part):
    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: Annotated[str, _text(512)]
    typing_indicator: TypingIndicator | None = None


MESSAGE_TYPES: dict[str, type[Send]] = {
    "text": SendText,
    "interactive": SendInteractive,
    "template": SendTemplate,
    "reaction": SendReaction,
    "image": SendImage,
    "video": SendVideo,
    "audio": SendAudio,
    "document": SendDocument,
    "sticker": SendSticker,
}


def _no_twice(what: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"Duplicated {what}")
